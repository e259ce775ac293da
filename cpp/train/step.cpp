// One training step of Trainer, and what it does when a number is not finite.
#include "core/autocast.h"
#include "data/noise.h"
#include "train/trainer.h"

#include <chrono>
#include <cmath>
#include <sstream>

namespace hyperlift {

namespace {

// Dropout and its like draw from the process-wide generator: it is seeded from the step, so that a
// resumed run draws the same numbers, and left as it was.
class GeneratorScope {
 public:
  GeneratorScope(const at::Device& device, uint64_t seed)
      : generator_(at::globalContext().defaultGenerator(device)) {
    const std::lock_guard<std::mutex> lock(generator_.mutex());
    saved_ = generator_.get_state();
    generator_.set_current_seed(seed);
  }
  ~GeneratorScope() {
    const std::lock_guard<std::mutex> lock(generator_.mutex());
    generator_.set_state(saved_);
  }
  GeneratorScope(const GeneratorScope&) = delete;
  GeneratorScope& operator=(const GeneratorScope&) = delete;

 private:
  at::Generator generator_;
  at::Tensor saved_;
};

// Buffers (running means of a normalisation) change in the forward pass, before the loss is known.
class BufferGuard {
 public:
  explicit BufferGuard(Network& network) {
    for (const auto& item : network.named_buffers()) {
      saved_.emplace_back(item.value(), item.value().clone());
    }
  }
  void keep() { saved_.clear(); }
  ~BufferGuard() {
    const at::NoGradGuard no_grad;
    for (auto& [buffer, value] : saved_) buffer.copy_(value);
  }
  BufferGuard(const BufferGuard&) = delete;
  BufferGuard& operator=(const BufferGuard&) = delete;

 private:
  std::vector<std::pair<at::Tensor, at::Tensor>> saved_;
};

}  // namespace

Trainer::StepOutcome Trainer::step(Prefetch& batches, const PlanRow* rows) {
  const GeneratorScope generator(device_, mix64(config_.seed, static_cast<uint64_t>(step_.load())));
  BufferGuard buffers(model_->network());
  StepOutcome outcome;
  outcome.lr = learning_rate(config_.schedule, step_);
  loss_.set_smooth_start(smooth_start_share());
  optimizer_.zero_grad();
  if (config_.step_per_band) {
    const Batch batch = next_batch(batches, outcome);
    give_up_if_stopped();
    step_bands(batch, outcome, rows);
  } else {
    const auto share = 1.0 / static_cast<double>(config_.accumulate);
    for (int64_t part = 0; part < config_.accumulate; ++part) {
      const LossInputs inputs = predict(next_batch(batches, outcome));
      give_up_if_stopped();
      const LossValue value = loss_(inputs);
      record(value, share, outcome, rows + part * config_.batch);
      (config_.accumulate == 1 ? value.total : value.total * share).backward();
    }
    give_up_if_stopped();
    update(outcome, rows);
  }
  if (average_) average_->update(step_ + 1);
  buffers.keep();
  return outcome;
}

Batch Trainer::next_batch(Prefetch& batches, StepOutcome& outcome) const {
  const auto start = std::chrono::steady_clock::now();
  Batch batch = batches.next();
  outcome.seconds_waiting +=
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return batch;
}

// Once the first band has changed the weights, the batch is gone through to its end: a step is
// whole or has not been.
void Trainer::step_bands(const Batch& batch, StepOutcome& outcome, const PlanRow* rows) {
  RecurrentNetwork& network = model_->recurrent();
  const auto x = to_device(batch.rgb), truth = to_device(batch.cube);
  at::Tensor enlarged;
  {
    const at::NoGradGuard no_grad;
    enlarged = network.enlarge(x);
  }
  at::Tensor state;
  const int64_t bands = x.size(1);
  for (int64_t band = 0; band < bands; ++band) {
    LossInputs inputs;
    {
      const AutocastScope autocast(x.device(), config_.precision == Precision::bfloat16);
      auto made = network.upscale_band(x, enlarged, band, state);
      state = made.state.detach();
      inputs.prediction = made.y.unsqueeze(1).to(at::kFloat);
    }
    inputs.rgb = x;
    inputs.truth = truth.slice(1, band, band + 1);
    const LossValue value = loss_(inputs);
    record(value, 1.0 / static_cast<double>(bands), outcome, rows);
    value.total.backward();
    update(outcome, rows);
  }
}

// Falls from 1 at the first step to 0 where the start ends.
double Trainer::smooth_start_share() const {
  const double length = config_.smooth_start * static_cast<double>(config_.schedule.total_steps);
  const auto step = static_cast<double>(step_);
  return step < length ? 1 - step / length : 0;
}

// A process that ends waits for this thread: nothing is lost by leaving a step that has changed no
// weight yet.
void Trainer::give_up_if_stopped() {
  if (!stop_) return;
  optimizer_.zero_grad();
  throw Stopped();
}

LossInputs Trainer::predict(const Batch& batch) {
  LossInputs inputs;
  inputs.rgb = to_device(batch.rgb);
  if (batch.cube.defined()) inputs.truth = to_device(batch.cube);
  inputs.prediction = model_->forward(inputs.rgb, config_.precision);
  return inputs;
}

void Trainer::record(const LossValue& value, double share, StepOutcome& outcome,
                     const PlanRow* rows) {
  std::map<std::string, double> newest;
  for (const auto& [name, term] : value.terms) newest[name] = term.item<double>();
  newest["total"] = value.total.item<double>();
  for (const auto& [name, number] : newest) outcome.losses[name] += share * number;
  if (!std::isfinite(newest.at("total"))) {
    outcome.losses = newest;
    not_finite("loss", outcome, rows);
  }
}

void Trainer::update(StepOutcome& outcome, const PlanRow* rows) {
  outcome.gradient_norm = optimizer_.gradient_norm();
  if (!std::isfinite(outcome.gradient_norm)) not_finite("gradient", outcome, rows);
  if (config_.clip_norm > 0) optimizer_.clip(outcome.gradient_norm, config_.clip_norm);
  optimizer_.step(outcome.lr);
  optimizer_.zero_grad();
}

void Trainer::not_finite(const char* what, const StepOutcome& outcome, const PlanRow* rows) {
  optimizer_.zero_grad();
  std::ostringstream text;
  for (const auto& [name, value] : outcome.losses) text << ' ' << name << ' ' << value;
  text << "); its batch:";
  for (int64_t i = 0; i < config_.batch; ++i) {
    const PlanRow& row = rows[i];
    text << (i == 0 ? " " : ", ") << sampler_.store().at(row.scene).name << " at " << row.row << ','
         << row.column;
  }
  fail("RUN_LOSS_NOT_FINITE", "step ", step_.load(), ": the ", what, " is not finite (", text.str(),
       "; the weights are those before this ", config_.step_per_band ? "band's update" : "step");
}

}  // namespace hyperlift
