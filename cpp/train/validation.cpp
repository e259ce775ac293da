// What Trainer does without gradients: validation, and the fit of a closed-form network.
#include "train/trainer.h"

#include <algorithm>
#include <cmath>

namespace hyperlift {

namespace {

// Averaged weights in the network, for as long as the scope lives.
class AverageScope {
 public:
  explicit AverageScope(std::optional<WeightAverage>& average) : average_(average) {
    if (average_) average_->swap();
  }
  ~AverageScope() {
    if (average_) average_->swap();
  }
  AverageScope(const AverageScope&) = delete;
  AverageScope& operator=(const AverageScope&) = delete;

 private:
  std::optional<WeightAverage>& average_;
};

class EvaluationScope {
 public:
  explicit EvaluationScope(Model& model) : model_(model) { model_.train(false); }
  ~EvaluationScope() { model_.train(true); }
  EvaluationScope(const EvaluationScope&) = delete;
  EvaluationScope& operator=(const EvaluationScope&) = delete;

 private:
  Model& model_;
};

// Sum over the samples of their PSNR, peak 1.
double summed_psnr(const at::Tensor& prediction, const at::Tensor& truth) {
  constexpr double least_error = 1e-12;  // 120 dB: an exact copy has no finite PSNR
  const auto error = (prediction.clamp(0, 1) - truth).square().mean({1, 2, 3}, false, at::kDouble);
  return (error.clamp_min(least_error).log10() * -10).sum().item<double>();
}

SamplerConfig for_validation(SamplerConfig config, bool cubes) {
  config.cubes = cubes;
  config.seed = ~config.seed;  // other noise than the training batches have
  return config;
}

}  // namespace

std::map<std::string, double> Trainer::validate(const std::vector<int64_t>& numbers) {
  const Gate::Visit visit(gate_);
  use_threads();
  const Sampler sampler(sampler_.store_pointer(),
                        for_validation(sampler_.config(), sampler_.has_cubes()));
  const auto rows = sampler.rows(numbers);
  const at::NoGradGuard no_grad;
  const AverageScope average(average_);
  const EvaluationScope evaluation(*model_);
  // What is held back is measured by the paradigm's own loss, at every step by the same.
  loss_.set_smooth_start(0);
  std::map<std::string, double> sums;
  const auto total = static_cast<int64_t>(rows.size());
  for (int64_t at = 0; at < total && !stop_; at += config_.batch) {
    const int64_t samples = std::min(config_.batch, total - at);
    const Batch batch = sampler.gather(rows.data() + at, samples, at);
    const auto weight = static_cast<double>(samples) / static_cast<double>(total);
    const LossInputs inputs = predict(batch);
    const LossValue value = loss_(inputs);
    for (const auto& [name, term] : value.terms) sums[name] += weight * term.item<double>();
    sums["total"] += weight * value.total.item<double>();
    if (inputs.truth.defined()) {
      sums["psnr"] += summed_psnr(inputs.prediction, inputs.truth) / static_cast<double>(total);
    }
  }
  if (stop_) fail("RUN_ABORTED", "validation was stopped");
  return sums;
}

void Trainer::fit(const std::vector<int64_t>& numbers) {
  const Gate::Visit visit(gate_);
  use_threads();
  FittedNetwork& network = model_->fitted();
  SamplerConfig config = sampler_.config();
  config.cubes = true;
  const Sampler sampler(sampler_.store_pointer(), config);
  const auto rows = sampler.rows(numbers);
  const auto total = static_cast<int64_t>(rows.size());
  for (int64_t at = 0; at < total; at += config_.batch) {
    if (stop_) fail("RUN_ABORTED", "the fit was stopped");
    const Batch batch = sampler.gather(rows.data() + at, std::min(config_.batch, total - at), at);
    network.accumulate(to_device(batch.rgb), to_device(batch.cube));
  }
  network.solve();
}

}  // namespace hyperlift
