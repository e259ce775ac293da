// Convolutions whose activation is part of the call, and the two shapes of them that the networks
// share.
#pragma once

#include "core/torch.h"

namespace hyperlift::nn {

// What follows a convolution. `slope` is the negative side of leaky_relu, `weight` the one weight
// of a PReLU.
struct Activation {
  enum class Kind { none, gelu, leaky_relu, prelu };
  Kind kind = Kind::none;
  double slope = 0.0;
  at::Tensor weight = {};

  static Activation gelu() { return {Kind::gelu}; }  // the exact (erf) form
  static Activation leaky_relu(double slope) { return {Kind::leaky_relu, slope}; }
  static Activation prelu(const torch::nn::PReLU& layer) {
    return {Kind::prelu, 0.0, layer->weight};
  }

  at::Tensor operator()(const at::Tensor& x) const;
};

// torch::nn::Conv2d (same parameters, same initialisation, zero padding) with the activation behind
// it.
class ConvImpl : public torch::nn::Conv2dImpl {
 public:
  using torch::nn::Conv2dImpl::Conv2dImpl;

  // x: [B, in, H, W] -> [B, out, H', W'], channels-last where x is
  at::Tensor forward(const at::Tensor& x, const Activation& then = {});
};
TORCH_MODULE(Conv);

// 1 x 1, stride 1, no bias.
Conv pointwise_conv(int64_t in, int64_t out);

// One filter a channel, odd kernel, same size, no bias.
Conv depthwise_conv(int64_t channels, int64_t kernel);

// 4 x 4, stride 2, padding 1, no bias: half the size.
Conv halving_conv(int64_t in, int64_t out);

}  // namespace hyperlift::nn
