// The training loop: batches from the plan, forward, loss, backward, update, on the thread that
// calls run. What a step does is a function of the weights, the moments, the step's number and its
// plan rows; nothing else is carried along, so that a run that was stopped and resumed is equal to
// the bit to one that was not.
#pragma once

#include "core/error.h"
#include "data/prefetch.h"
#include "models/model.h"
#include "train/gate.h"
#include "train/losses/loss.h"
#include "train/optimizer.h"
#include "train/schedule.h"

#include <atomic>
#include <deque>

namespace hyperlift {

struct TrainerConfig {
  LossConfig loss;
  OptimizerConfig optimizer;
  ScheduleConfig schedule;
  SamplerConfig sampler;
  int64_t batch = 1;
  int64_t accumulate = 1;   // batches whose mean gradient makes one step
  double clip_norm = 0;     // largest norm of the whole gradient; 0: no clipping
  double smooth_start = 0;  // unsupervised: part of the run that begins at the smoothest metamer
  double ema = 0;           // decay of the averaged weights; 0: none
  Precision precision = Precision::float32;
  bool channels_last = true;
  // One optimizer step for each band of a batch, in band order, with the state of the band before,
  // as the scripts of CoarSR and SFCSR do. A step of the trainer is a batch all the same.
  bool step_per_band = false;
  uint64_t seed = 0;
  int64_t threads = 0;  // of the computing thread; 0: as they are
};

struct Progress {
  int64_t step = 0;
  double lr = 0;
  std::map<std::string, double>
      losses;                // of the newest step, each term before its weight, and `total`
  double gradient_norm = 0;  // before clipping
  double seconds_in_steps = 0;
  double seconds_waiting = 0;  // for batches
  int64_t samples = 0;
};

struct RunResult {
  int64_t step = 0;
  std::string reason;  // done, paused or plan (too few rows left)
};

class Trainer {
 public:
  // Throws CONFIG_* for settings out of range.
  Trainer(std::shared_ptr<Model> model, std::shared_ptr<SceneStore> store, TrainerConfig config);

  // Rows of four numbers (PlanRow); the first row after construction or load_state belongs to the
  // next step. Throws DATA_PLAN, DATA_PATCH, DATA_SCENE before anything is taken over.
  void append_plan(const std::vector<int64_t>& numbers);

  // Announces a run: throws RUN_BUSY where one goes on. To be followed by run, on whichever thread.
  void begin_run();
  RunResult run(int64_t until);
  // Ends the run before its next step. `stop` does so for good.
  void pause() { pause_ = true; }
  void stop() { stop_ = true; }

  Progress progress() const;
  // Means over the plan's samples: loss terms and `total`, and where all scenes have cubes `psnr`
  // (mean over samples of the PSNR of the cube clamped to [0, 1], peak 1). With the averaged
  // weights where they are on; no gradient.
  std::map<std::string, double> validate(const std::vector<int64_t>& numbers);
  // For a network that is fitted in closed form: all of the plan's samples, then the solution.
  void fit(const std::vector<int64_t>& numbers);

  // A copy between two steps: weights by their keys, optimizer/.., ema/.., state/...
  NamedTensors state();
  // The plan is empty afterwards. Weights that are not among the state keep their values.
  void load_state(const std::map<std::string, at::Tensor>& state);
  // Copies of the weights (averaged ones where they are on) and buffers by the authors' keys.
  NamedTensors weights();

  const Loss& loss() const { return loss_; }

 private:
  struct StepOutcome {
    std::map<std::string, double> losses;
    double gradient_norm = 0;
    double lr = 0;
    double seconds_waiting = 0;
  };

  struct Stopped {};  // thrown in the middle of a step, caught in run

  int64_t rows_per_step() const { return config_.batch * config_.accumulate; }
  std::vector<PlanRow> planned_rows(int64_t steps);
  void run_chunk(int64_t until, std::vector<PlanRow> rows);
  StepOutcome step(Prefetch& batches, const PlanRow* rows);
  void step_bands(const Batch& batch, StepOutcome& outcome, const PlanRow* rows);
  Batch next_batch(Prefetch& batches, StepOutcome& outcome) const;
  LossInputs predict(const Batch& batch);
  // Adds `share` of the loss to the outcome.
  void record(const LossValue& value, double share, StepOutcome& outcome, const PlanRow* rows);
  double smooth_start_share() const;
  void give_up_if_stopped();
  void update(StepOutcome& outcome, const PlanRow* rows);
  [[noreturn]] void not_finite(const char* what, const StepOutcome& outcome, const PlanRow* rows);
  void use_threads() const;
  at::Tensor to_device(const at::Tensor& values) const;

  std::shared_ptr<Model> model_;
  TrainerConfig config_;
  Loss loss_;
  Sampler sampler_;
  Optimizer optimizer_;
  std::optional<WeightAverage> average_;
  at::Device device_;

  Gate gate_;
  std::atomic<bool> pause_ = false, stop_ = false, running_ = false;
  std::atomic<int64_t> step_ = 0;

  std::mutex plan_mutex_;
  std::deque<PlanRow> plan_;

  mutable std::mutex progress_mutex_;
  Progress progress_;
};

}  // namespace hyperlift
