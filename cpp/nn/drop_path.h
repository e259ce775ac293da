// Stochastic depth (Huang et al., ECCV 2016): while a network trains, a residual branch is left out
// for some of the samples.
#pragma once

#include "core/torch.h"

namespace hyperlift::nn {

// The branch of each sample is dropped with probability `rate`, and scaled by 1 / (1 - rate) where
// it stays. In evaluation mode nothing happens. It draws from the default generator of the device,
// which a trainer seeds for each step. No keys.
class DropPathImpl : public torch::nn::Module {
 public:
  explicit DropPathImpl(double rate) : rate_(rate) {}

  bool active() const { return is_training() && rate_ > 0.0; }

  // Anything that the branch is proportional to: [B, ...] -> [B, ...]
  at::Tensor forward(const at::Tensor& branch) const {
    if (!active()) return branch;
    std::vector<int64_t> shape(branch.dim(), 1);
    shape[0] = branch.size(0);
    const double keep = 1.0 - rate_;
    return branch *
           at::empty(shape, branch.options().requires_grad(false)).bernoulli_(keep).div_(keep);
  }

 private:
  double rate_;
};
TORCH_MODULE(DropPath);

// Rates of `count` blocks: from 0 up to `last`, in equal steps.
inline std::vector<double> drop_path_rates(double last, int64_t count) {
  std::vector<double> rates;
  for (int64_t i = 0; i < count; ++i) {
    rates.push_back(count == 1 ? 0.0
                               : last * static_cast<double>(i) / static_cast<double>(count - 1));
  }
  return rates;
}

}  // namespace hyperlift::nn
