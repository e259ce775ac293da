// Convolutions with weight normalisation (Salimans, Kingma, NIPS 2016), over images and over cubes
// of features.
//
// Features of a cube lie as nn/band_layout.h says: a kernel of one band is a convolution of images,
// one of one row or one column is a convolution of images of another shape, all without a copy.
#pragma once

#include "nn/band_layout.h"
#include "ops/fused_conv.h"

namespace hyperlift::nn {

// Odd kernels [rows, columns] or [bands, rows, columns], stride 1, zero padding to the same size.
// w = g v / |v|, the norm over all dimensions but the first; parameters bias, weight_g, weight_v,
// as torch.nn.utils.weight_norm names and orders them, initialised as PyTorch does.
class NormedConvImpl : public torch::nn::Module {
 public:
  NormedConvImpl(int64_t in, int64_t out, std::vector<int64_t> kernel);

  // x: [B * L, in, H, W] -> then(conv(x)): [B * L, out, H, W]; `bands` is L, needed where the
  // kernel has more than one.
  at::Tensor forward(const at::Tensor& x, int64_t bands = 1, const Activation& then = {});
  // then(conv(x) + addend)
  at::Tensor plus(const at::Tensor& x, const at::Tensor& addend, int64_t bands = 1,
                  const Activation& then = {});
  // Weight and bias 0, from where training finds them all the same: g has a gradient.
  void start_at_zero();
  at::Tensor weight() const;  // g v / |v|, in v's shape, made anew
  at::Tensor bias() const { return bias_; }

 private:
  // The images that the convolution sees, and its geometry on them.
  struct Fold {
    ImageShape shape;
    std::array<int64_t, 2> padding;
    std::array<int64_t, 2> dilation;
  };

  Fold fold(const at::Tensor& x, int64_t bands) const;
  at::Tensor run(const at::Tensor& x, const at::Tensor& addend, int64_t bands,
                 const Activation& then);
  at::Tensor image_weight() const;
  at::Tensor convolve(const at::Tensor& x, const at::Tensor& addend, const Fold& fold,
                      const Activation& then);

  std::vector<int64_t> kernel_;  // [bands, rows, columns]
  at::Tensor bias_, g_, v_;
  FusedConv fused_;
};
TORCH_MODULE(NormedConv);

// Of the option `zeroStart` of networks that correct an interpolated cube.
inline constexpr const char* kZeroStartDoc =
    "the last layer begins at zero, and so training at the interpolated cube; the authors begin at "
    "random";

// A kernel of `side` x `side` pixels.
NormedConv normed_conv(int64_t in, int64_t out, int64_t side);
// 1 x 3 x 3 and 3 x 1 x 1, [bands, rows, columns]
NormedConv spatial_conv(int64_t in, int64_t out);
NormedConv band_conv(int64_t in, int64_t out);

// The pixel shuffles (Shi et al., CVPR 2016) that enlarge by `scale`: 2 for each factor of 2, or
// one of 3. Each follows a convolution to r * r times the features.
std::vector<int64_t> shuffle_factors(int64_t scale);

}  // namespace hyperlift::nn
