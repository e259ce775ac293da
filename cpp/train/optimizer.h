// Adam and AdamW with LibTorch's fused kernels, clipping by the global norm, and averaged weights.
#pragma once

#include "models/model.h"

namespace hyperlift {

struct OptimizerConfig {
  std::string kind = "adam";  // adam (weight decay added to the gradient) or adamw (decoupled)
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0;
};

// Kingma and Ba, ICLR 2015; Loshchilov and Hutter, ICLR 2019; numerics of torch.optim with
// fused=True. A parameter without gradient is left alone, and has no moments.
class Optimizer {
 public:
  // The tensors are shared, not copied. Throws CONFIG_OPTIMIZER.
  Optimizer(NamedTensors parameters, OptimizerConfig config);

  void step(double lr);
  void zero_grad();
  // L2 norm over all gradients, in double.
  double gradient_norm() const;
  // Multiplies all gradients by min(1, largest / (norm + 1e-6)), as clip_grad_norm_ of PyTorch.
  void clip(double norm, double largest);

  const NamedTensors& parameters() const { return parameters_; }

  // Moments by `optimizer/<key>/exp_avg`, `/exp_avg_sq` and `/step`; copies.
  NamedTensors state() const;
  // Throws CHECKPOINT_STATE for a moment of another shape, or one without its companions.
  void load_state(const std::map<std::string, at::Tensor>& state);

 private:
  struct Moments {
    at::Tensor exp_avg, exp_avg_sq, step;
  };
  std::vector<at::Tensor> gradients() const;
  Moments& moments_of(size_t index);

  NamedTensors parameters_;
  OptimizerConfig config_;
  std::vector<std::optional<Moments>> moments_;
};

// Exponential moving average of weights: shadow <- d shadow + (1 - d) weight with d = min(decay, (1
// + n) / (10 + n)) at the n-th update (n = 1, 2, ..), so that a short run is not an average of its
// random start.
class WeightAverage {
 public:
  WeightAverage(NamedTensors parameters, double decay);
  void update(int64_t n);
  const NamedTensors& shadow() const { return shadow_; }
  // Exchanges the values of weights and shadow; twice restores both to the bit.
  void swap();
  NamedTensors state() const;  // `ema/<key>`
  void load_state(const std::map<std::string, at::Tensor>& state);

 private:
  NamedTensors parameters_;
  NamedTensors shadow_;
  double decay_;
};

// Decay in effect at the n-th update.
double average_decay(double decay, int64_t n);

}  // namespace hyperlift
