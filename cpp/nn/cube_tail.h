// The end of networks that enlarge features of a cube: a transposed convolution, then convolutions
// to one number a pixel and band, with no activation between.
#pragma once

#include "nn/normed_conv.h"

namespace hyperlift::nn {

// Kernel (3, s + 2, s + 2), stride (1, s, s), padding 1, weight-normalised over its first
// dimension, that of the input; parameters as torch.nn.utils.weight_norm names them.
class NormedTransposedConvImpl : public torch::nn::Module {
 public:
  NormedTransposedConvImpl(int64_t in, int64_t out, int64_t scale);

  // The kernel of a transposed convolution of images that have their neighbours beside them:
  // [3 * in, out, s + 2, s + 2]
  at::Tensor image_weight() const;
  // x: [N, 3 * in, H, W], as with_neighbours makes it -> [N, out, s H, s W]
  at::Tensor enlarge(const at::Tensor& x, const at::Tensor& image_weight) const;
  int64_t scale() const { return scale_; }

 private:
  int64_t scale_;
  at::Tensor bias_, g_, v_;
};
TORCH_MODULE(NormedTransposedConv);

class CubeTailImpl : public torch::nn::Module {
 public:
  // last: one convolution of 3 x 3 x 3, or one of 1 x 3 x 3 and one of 3 x 1 x 1. Keys 0, 1, 2.
  CubeTailImpl(int64_t width, int64_t scale, std::vector<NormedConv> last);

  // x: [B * L, C, H, W] -> [B, L, s H, s W]
  at::Tensor forward(const at::Tensor& x, int64_t bands);

 private:
  // What is left of the last convolutions: one of images, which gives each band's share in the band
  // above it, in itself and in the band below.
  struct Shares {
    at::Tensor weight;     // [3, C, 3, 3]
    at::Tensor bias = {};  // [3]
  };
  Shares shares() const;
  at::Tensor shares_of(const at::Tensor& x, const Shares& shares) const;

  NormedTransposedConv enlarge_;
  std::vector<NormedConv> last_;
};
TORCH_MODULE(CubeTail);

}  // namespace hyperlift::nn
