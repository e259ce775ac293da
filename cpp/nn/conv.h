// Convolutions whose activation, or whose addition, is part of the call.
#pragma once

#include "core/torch.h"
#include "ops/fused_conv.h"

namespace hyperlift::nn {

// torch::nn::Conv2d: the same parameters and initialisation; square kernels, zero padding.
class ConvImpl : public torch::nn::Conv2dImpl {
 public:
  using torch::nn::Conv2dImpl::Conv2dImpl;

  // x: [B, in, H, W] -> then(conv(x)): [B, out, H', W'], channels-last where x is
  at::Tensor forward(const at::Tensor& x, const Activation& then = {});
  // then(conv(x) + addend)
  at::Tensor plus(const at::Tensor& x, const at::Tensor& addend, const Activation& then = {});
  // conv(x) * factor
  at::Tensor times(const at::Tensor& x, const at::Tensor& factor);

 private:
  ConvLayer layer() const;
  FusedConv fused_;
};
TORCH_MODULE(Conv);

// 1 x 1, stride 1, no bias.
Conv pointwise_conv(int64_t in, int64_t out);

// One filter a channel, odd kernel, same size, no bias.
Conv depthwise_conv(int64_t channels, int64_t kernel);

// 4 x 4, stride 2, padding 1, no bias: half the size.
Conv halving_conv(int64_t in, int64_t out);

}  // namespace hyperlift::nn
