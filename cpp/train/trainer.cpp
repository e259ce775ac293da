#include "train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace hyperlift {

namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// The published form reads the weight of the band sort that the authors' files carry.
LossConfig loss_config(const TrainerConfig& config, const Model& model) {
  LossConfig loss = config.loss;
  if (!loss.published) return loss;
  for (const auto& [name, tensor] : model.state()) {
    if (name == "sort.conv.weight") loss.usam.weight = tensor.item<double>();
  }
  return loss;
}

SamplerConfig sampler_config(const TrainerConfig& config) {
  SamplerConfig sampler = config.sampler;
  // The unsupervised loss must not see a cube, not even by mistake.
  sampler.cubes = config.loss.paradigm == Paradigm::kSupervised;
  sampler.seed = config.seed;
  return sampler;
}

void check_config(const TrainerConfig& config) {
  check_schedule(config.schedule);
  const auto at_least_one = [](const char* name, int64_t value) {
    if (value < 1) fail("CONFIG_TRAINER", name, " is ", value, ", expected 1 or more");
  };
  at_least_one("batch", config.batch);
  at_least_one("accumulate", config.accumulate);
  if (!(config.clip_norm >= 0)) {
    fail("CONFIG_TRAINER", "clipNorm is ", config.clip_norm, ", expected 0 or more");
  }
  if (!(config.smooth_start >= 0 && config.smooth_start <= 1)) {
    fail("CONFIG_TRAINER", "smoothStart is ", config.smooth_start, ", expected a part from 0 to 1");
  }
  if (!(config.ema >= 0 && config.ema < 1)) {
    fail("CONFIG_TRAINER", "ema is ", config.ema, ", expected 0 or more and less than 1");
  }
}

// What is computed for one band at a time.
void check_bandwise(const TrainerConfig& config) {
  for (const char* term : {"sam", "spectralTv"}) {
    const auto found = config.loss.terms.find(term);
    if (found != config.loss.terms.end() && found->second != 0) {
      fail("CONFIG_LOSS", "loss term ", term,
           " compares bands, and stepPer is 'band', which sees one at a time: expected 'cube'");
    }
  }
  if (config.accumulate != 1) {
    fail("CONFIG_TRAINER", "accumulate is ", config.accumulate,
         ", expected 1 where stepPer is 'band'");
  }
}

TrainerConfig checked(TrainerConfig config) {
  check_config(config);
  if (config.step_per_band) check_bandwise(config);
  return config;
}

// 4-D weights in channels-last order, in which convolutions of channels-last images run fastest.
void use_channels_last(const NamedTensors& parameters) {
  const at::NoGradGuard no_grad;
  for (const auto& [name, parameter] : parameters) {
    if (parameter.dim() == 4) {
      parameter.set_data(parameter.contiguous(at::MemoryFormat::ChannelsLast));
    }
  }
}

}  // namespace

Trainer::Trainer(std::shared_ptr<Model> model, std::shared_ptr<SceneStore> store,
                 TrainerConfig config)
    : model_(std::move(model)),
      config_(checked(std::move(config))),
      loss_(loss_config(config_, *model_)),
      sampler_(std::move(store), sampler_config(config_)),
      optimizer_(model_->trainable(), config_.optimizer),
      device_(at::kCPU) {
  const auto& parameters = optimizer_.parameters();
  if (!parameters.empty()) device_ = parameters.front().second.device();
  if (config_.channels_last) use_channels_last(parameters);
  if (config_.ema > 0) average_.emplace(parameters, config_.ema);
  if (config_.step_per_band) model_->recurrent();  // CONFIG_TRAINER for any other network
}

void Trainer::append_plan(const std::vector<int64_t>& numbers) {
  const auto rows = sampler_.rows(numbers);
  const std::lock_guard<std::mutex> lock(plan_mutex_);
  plan_.insert(plan_.end(), rows.begin(), rows.end());
}

void Trainer::use_threads() const {
  if (config_.threads > 0) at::set_num_threads(static_cast<int>(config_.threads));
}

at::Tensor Trainer::to_device(const at::Tensor& values) const {
  return values.to(
      at::TensorOptions(device_),
      /*non_blocking=*/false, /*copy=*/false,
      config_.channels_last ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous);
}

void Trainer::begin_run() {
  if (running_.exchange(true)) {
    fail("RUN_BUSY", "this trainer is running already: wait for its promise, or pause it");
  }
  pause_ = false;
}

std::vector<PlanRow> Trainer::planned_rows(int64_t steps) {
  const std::lock_guard<std::mutex> lock(plan_mutex_);
  const int64_t whole = static_cast<int64_t>(plan_.size()) / rows_per_step();
  const auto end = plan_.begin() + std::min(steps, whole) * rows_per_step();
  return {plan_.begin(), end};
}

RunResult Trainer::run(int64_t until) {
  struct Ended {
    std::atomic<bool>& running;
    ~Ended() { running = false; }
  } const ended{running_};
  use_threads();
  model_->train(true);
  try {
    while (step_ < until && !pause_ && !stop_) {
      auto rows = planned_rows(until - step_);
      if (rows.empty()) return {step_, "plan"};
      run_chunk(until, std::move(rows));
    }
  } catch (const Stopped&) {
    return {step_, "paused"};
  }
  return {step_, step_ >= until ? "done" : "paused"};
}

void Trainer::run_chunk(int64_t until, std::vector<PlanRow> rows) {
  const int64_t steps = static_cast<int64_t>(rows.size()) / rows_per_step();
  const int64_t samplers = std::clamp<int64_t>(config_.threads / 4, 1, 4);
  const PlanRow* const first =
      rows.data();  // stays with the heap block that moves into the prefetch
  Prefetch batches(sampler_, std::move(rows), step_ * rows_per_step(), config_.batch, samplers);
  for (int64_t i = 0; i < steps && step_ < until; ++i) {
    const Gate::Step turn(gate_);
    if (pause_ || stop_) return;
    const auto start = std::chrono::steady_clock::now();
    StepOutcome outcome = step(batches, first + i * rows_per_step());
    ++step_;
    {
      const std::lock_guard<std::mutex> lock(plan_mutex_);
      plan_.erase(plan_.begin(), plan_.begin() + rows_per_step());
    }
    const std::lock_guard<std::mutex> lock(progress_mutex_);
    progress_.step = step_;
    progress_.lr = outcome.lr;
    progress_.losses = std::move(outcome.losses);
    progress_.gradient_norm = outcome.gradient_norm;
    progress_.seconds_in_steps += seconds_since(start);
    progress_.seconds_waiting += outcome.seconds_waiting;
    progress_.samples += rows_per_step();
  }
}

Progress Trainer::progress() const {
  const std::lock_guard<std::mutex> lock(progress_mutex_);
  return progress_;
}

NamedTensors Trainer::weights() {
  const Gate::Visit visit(gate_);
  NamedTensors result;
  std::map<std::string, at::Tensor> averaged;
  if (average_) {
    averaged = {average_->shadow().begin(), average_->shadow().end()};
    for (const auto& [name, first] : model_->aliases()) {
      if (averaged.contains(first)) averaged.emplace(name, averaged.at(first));
    }
  }
  for (const auto& [name, tensor] : model_->state()) {
    const auto found = averaged.find(name);
    const auto& chosen = found == averaged.end() ? tensor : found->second;
    result.emplace_back(name, chosen.detach().clone(at::MemoryFormat::Contiguous));
  }
  return result;
}

NamedTensors Trainer::state() {
  const Gate::Visit visit(gate_);
  NamedTensors result;
  const auto add = [&](const NamedTensors& tensors) {
    for (const auto& [name, tensor] : tensors) {
      result.emplace_back(name, tensor.detach().clone(at::MemoryFormat::Contiguous));
    }
  };
  add(model_->state());
  add(optimizer_.state());
  if (average_) add(average_->state());
  const std::lock_guard<std::mutex> lock(progress_mutex_);
  result.emplace_back("state/step", at::scalar_tensor(step_.load(), at::kLong));
  result.emplace_back("state/samples", at::scalar_tensor(progress_.samples, at::kLong));
  return result;
}

void Trainer::load_state(const std::map<std::string, at::Tensor>& state) {
  const auto counter = [&](const char* name) {
    const auto found = state.find(name);
    if (found == state.end() || found->second.numel() != 1) {
      fail("CHECKPOINT_STATE", "the training state lacks the number ", name);
    }
    return found->second.item<int64_t>();
  };
  if (running_) fail("RUN_BUSY", "this trainer is running: pause it before its state is replaced");
  const Gate::Visit visit(gate_);
  const int64_t step = counter("state/step"), samples = counter("state/samples");
  std::map<std::string, at::Tensor> weights;
  for (const auto& [name, tensor] : model_->state()) {
    const auto found = state.find(name);
    if (found != state.end()) weights.insert(*found);
  }
  model_->load(weights);
  optimizer_.load_state(state);
  if (average_) average_->load_state(state);
  step_ = step;
  {
    const std::lock_guard<std::mutex> lock(plan_mutex_);
    plan_.clear();
  }
  const std::lock_guard<std::mutex> lock(progress_mutex_);
  progress_ = Progress();
  progress_.step = step;
  progress_.samples = samples;
}

}  // namespace hyperlift
