// The end of networks that enlarge features of a cube: a transposed convolution, then convolutions
// to one number a pixel and band, with no activation between.
#pragma once

#include "nn/normed_conv.h"
#include "ops/derived.h"

namespace hyperlift::nn {

// Kernel (3, s + 2, s + 2), stride (1, s, s), padding 1, weight-normalised over its first
// dimension, that of the input; parameters as torch.nn.utils.weight_norm names them. CubeTail
// computes it.
class NormedTransposedConvImpl : public torch::nn::Module {
 public:
  NormedTransposedConvImpl(int64_t in, int64_t out, int64_t scale);

  // The kernel of a transposed convolution of images that have their neighbours beside them, as
  // with_neighbours makes them: [3 * in, out, s + 2, s + 2]
  at::Tensor image_weight() const;
  at::Tensor bias() const { return bias_; }

 private:
  at::Tensor bias_, g_, v_;
};
TORCH_MODULE(NormedTransposedConv);

// Linear layers in a row are one: the enlarged features, which are C * s * s numbers for each of
// the input's pixels, are never made. A 3 x 3 convolution at low resolution gives the s * s pixels
// at once, and what it counts too much at the borders of the image is taken off.
class CubeTailImpl : public torch::nn::Module {
 public:
  // last: one convolution of 3 x 3 x 3, or one of 1 x 3 x 3 and one of 3 x 1 x 1. Keys 0, 1, 2.
  CubeTailImpl(int64_t width, int64_t scale, std::vector<NormedConv> last);

  // The layer that makes the result.
  const NormedConv& last() const { return last_.back(); }

  // x: [B * L, C, H, W] -> [B, L, s H, s W]
  at::Tensor forward(const at::Tensor& x, int64_t bands);

 private:
  // The last convolutions as one of images, which gives each band's share in the band above it, in
  // itself and in the band below.
  struct Shares {
    at::Tensor weight;     // [3, C, 3, 3]
    at::Tensor bias = {};  // [3]
  };
  struct Kernels {
    at::Tensor enlarge;  // [3 C, C, s + 2, s + 2]: of the transposed convolution
    at::Tensor shares;   // [3, C, 3, 3]: of the last ones
    at::Tensor whole;    // [3 s s, 3 C, 3, 3]: of both
    at::Tensor bias;     // [3 s s]
  };
  Shares shares() const;
  Kernels make_kernels() const;
  Kernels kernels();
  at::Tensor convolve(const at::Tensor& x, const Kernels& kernels);
  void take_off_border(at::Tensor& y, const at::Tensor& x, const Kernels& kernels) const;

  int64_t scale_;
  NormedTransposedConv enlarge_;
  std::vector<NormedConv> last_;
  Derived<Kernels> kernels_;
  FusedConv fused_;
};
TORCH_MODULE(CubeTail);

}  // namespace hyperlift::nn
