// A 1 x 1 convolution with weight normalisation of parts that lie side by side, each with a learned
// factor.
#pragma once

#include "nn/normed_conv.h"

namespace hyperlift::nn {

// conv of parts that lie side by side in x, each times its gamma. The factors are put into the
// weights: there is one of them for a whole map. They belong to the network, as does the
// convolution's key.
class ScaledSum {
 public:
  // kernel_rank: dimensions that the authors' kernel has, 2 or 3 (all of them 1)
  ScaledSum(int64_t parts, int64_t width, size_t kernel_rank = 2)
      : parts_(parts), conv_(parts * width, width, std::vector<int64_t>(kernel_rank, 1)) {}

  const NormedConv& conv() const { return conv_; }
  // gammas: [parts], or [rows, parts] of which one row is meant: the parameter itself, by which
  // inference notices that it was written.
  at::Tensor operator()(const at::Tensor& x, const at::Tensor& gammas, int64_t row = 0);
  at::Tensor matrix(const at::Tensor& gammas, int64_t row = 0) const;  // [width, parts * width]

 private:
  int64_t parts_;
  NormedConv conv_;
  FusedConv fused_;
};

}  // namespace hyperlift::nn
