#include "train/optimizer.h"

#include "core/error.h"

#include <cmath>

namespace hyperlift {

namespace {

const at::Tensor& entry(const std::map<std::string, at::Tensor>& state, const std::string& name,
                        at::IntArrayRef shape) {
  const auto found = state.find(name);
  if (found == state.end()) {
    fail("CHECKPOINT_STATE", "the training state lacks ", name);
  }
  if (found->second.sizes() != shape) {
    fail("CHECKPOINT_STATE", "the training state holds ", name, " of shape ", found->second.sizes(),
         ", expected ", shape);
  }
  return found->second;
}

void check_rate(const char* name, double value, double below) {
  if (!(value >= 0 && value < below)) {
    fail("CONFIG_OPTIMIZER", name, " is ", value, ", expected 0 or more and less than ", below);
  }
}

}  // namespace

Optimizer::Optimizer(NamedTensors parameters, OptimizerConfig config)
    : parameters_(std::move(parameters)), config_(std::move(config)), moments_(parameters_.size()) {
  if (config_.kind != "adam" && config_.kind != "adamw") {
    fail("CONFIG_OPTIMIZER", "no optimizer is called '", config_.kind, "': expected adam or adamw");
  }
  check_rate("beta1", config_.beta1, 1);
  check_rate("beta2", config_.beta2, 1);
  check_rate("eps", config_.eps, 1);
  check_rate("weightDecay", config_.weight_decay, 1e6);
}

Optimizer::Moments& Optimizer::moments_of(size_t index) {
  auto& moments = moments_[index];
  if (!moments) {
    const auto& parameter = parameters_[index].second;
    // The fused kernels count in float32 on the parameter's device, as torch.optim does.
    moments = Moments{at::zeros_like(parameter), at::zeros_like(parameter),
                      at::zeros({}, parameter.options().dtype(at::kFloat).requires_grad(false))};
  }
  return *moments;
}

void Optimizer::step(double lr) {
  const at::NoGradGuard no_grad;
  std::vector<at::Tensor> weights, grads, exp_avgs, exp_avg_sqs, steps;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const auto& parameter = parameters_[i].second;
    if (!parameter.grad().defined()) continue;
    Moments& moments = moments_of(i);
    weights.push_back(parameter);
    // The kernels walk raw memory: all four must lie in the same order.
    grads.push_back(parameter.grad().strides() == parameter.strides()
                        ? parameter.grad()
                        : at::empty_like(parameter).copy_(parameter.grad()));
    exp_avgs.push_back(moments.exp_avg);
    exp_avg_sqs.push_back(moments.exp_avg_sq);
    moments.step.add_(1);
    steps.push_back(moments.step);
  }
  if (weights.empty()) return;
  const auto& c = config_;
  if (c.kind == "adam") {
    at::_fused_adam_(weights, grads, exp_avgs, exp_avg_sqs, {}, steps, lr, c.beta1, c.beta2,
                     c.weight_decay, c.eps, /*amsgrad=*/false, /*maximize=*/false);
  } else {
    at::_fused_adamw_(weights, grads, exp_avgs, exp_avg_sqs, {}, steps, lr, c.beta1, c.beta2,
                      c.weight_decay, c.eps, /*amsgrad=*/false, /*maximize=*/false);
  }
  // The fused kernels do not count their writes; packed copies of the weights are renewed by that
  // count.
  for (const auto& weight : weights) weight.unsafeGetTensorImpl()->bump_version();
}

void Optimizer::zero_grad() {
  for (auto& [name, parameter] : parameters_) parameter.mutable_grad().reset();
}

std::vector<at::Tensor> Optimizer::gradients() const {
  std::vector<at::Tensor> result;
  for (const auto& [name, parameter] : parameters_) {
    if (parameter.grad().defined()) result.push_back(parameter.grad());
  }
  return result;
}

double Optimizer::gradient_norm() const {
  const at::NoGradGuard no_grad;
  const auto grads = gradients();
  if (grads.empty()) return 0;
  const auto norms = at::_foreach_norm(grads);
  return at::linalg_vector_norm(at::stack(norms).to(at::kDouble)).item<double>();
}

void Optimizer::clip(double norm, double largest) {
  constexpr double tiny = 1e-6;
  const double factor = largest / (norm + tiny);
  if (factor >= 1) return;
  const at::NoGradGuard no_grad;
  at::_foreach_mul_(gradients(), factor);
}

NamedTensors Optimizer::state() const {
  NamedTensors result;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    if (!moments_[i]) continue;
    const std::string prefix = "optimizer/" + parameters_[i].first;
    result.emplace_back(prefix + "/exp_avg", moments_[i]->exp_avg.clone());
    result.emplace_back(prefix + "/exp_avg_sq", moments_[i]->exp_avg_sq.clone());
    result.emplace_back(prefix + "/step", moments_[i]->step.clone());
  }
  return result;
}

void Optimizer::load_state(const std::map<std::string, at::Tensor>& state) {
  const at::NoGradGuard no_grad;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const std::string prefix = "optimizer/" + parameters_[i].first;
    moments_[i].reset();
    if (!state.contains(prefix + "/exp_avg")) continue;
    const auto shape = parameters_[i].second.sizes();
    Moments& moments = moments_of(i);
    moments.exp_avg.copy_(entry(state, prefix + "/exp_avg", shape));
    moments.exp_avg_sq.copy_(entry(state, prefix + "/exp_avg_sq", shape));
    moments.step.copy_(entry(state, prefix + "/step", {}));
  }
}

double average_decay(double decay, int64_t n) {
  return std::min(decay, static_cast<double>(1 + n) / static_cast<double>(10 + n));
}

WeightAverage::WeightAverage(NamedTensors parameters, double decay)
    : parameters_(std::move(parameters)), decay_(decay) {
  if (!(decay > 0 && decay < 1)) {
    fail("CONFIG_OPTIMIZER", "ema is ", decay, ", expected a decay between 0 and 1");
  }
  for (const auto& [name, parameter] : parameters_) {
    shadow_.emplace_back(name, parameter.detach().clone());
  }
}

void WeightAverage::update(int64_t n) {
  const at::NoGradGuard no_grad;
  const double rate = 1 - average_decay(decay_, n);
  for (size_t i = 0; i < shadow_.size(); ++i) {
    shadow_[i].second.lerp_(parameters_[i].second, rate);
  }
}

void WeightAverage::swap() {
  const at::NoGradGuard no_grad;
  for (size_t i = 0; i < shadow_.size(); ++i) {
    const auto kept = parameters_[i].second.clone();
    parameters_[i].second.copy_(shadow_[i].second);
    shadow_[i].second.copy_(kept);
  }
}

NamedTensors WeightAverage::state() const {
  NamedTensors result;
  for (const auto& [name, tensor] : shadow_) result.emplace_back("ema/" + name, tensor.clone());
  return result;
}

void WeightAverage::load_state(const std::map<std::string, at::Tensor>& state) {
  const at::NoGradGuard no_grad;
  for (auto& [name, tensor] : shadow_) {
    tensor.copy_(entry(state, "ema/" + name, tensor.sizes()));
  }
}

}  // namespace hyperlift
