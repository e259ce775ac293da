// Maps that are weighted, laid behind each other and reduced by a 1 x 1 x 1 convolution.
#pragma once

#include "nn/normed_conv.h"

namespace hyperlift::nn {

// conv(cat(gamma_1 x_1, ..., gamma_n x_n)). The weights go into the kernel: scaling a kernel is
// nothing against scaling maps. The convolution and gamma belong to their owner, who registers
// them.
class WeightedMerge {
 public:
  WeightedMerge(NormedConv conv, at::Tensor gamma)
      : conv_(std::move(conv)), gamma_(std::move(gamma)) {}

  // maps: n of [B * L, C, H, W] -> then(...): [B * L, out, H, W]
  at::Tensor operator()(const std::vector<at::Tensor>& maps, const Activation& then = {});

 private:
  at::Tensor weight() const;

  NormedConv conv_;
  at::Tensor gamma_;  // [n]
  FusedConv fused_;
};

}  // namespace hyperlift::nn
