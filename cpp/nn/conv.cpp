#include "nn/conv.h"

namespace hyperlift::nn {

ConvLayer ConvImpl::layer() const {
  return {.sources = {weight},
          .weight = [this] { return weight; },
          .bias = bias,
          .shape = {.stride = options.stride()->at(0),
                    .padding = std::get<torch::ExpandingArray<2>>(options.padding())->at(0),
                    .groups = options.groups()}};
}

at::Tensor ConvImpl::forward(const at::Tensor& x, const Activation& then) {
  if (FusedConv::serves(x)) return fused_(x, layer(), then);
  return then.in_place(torch::nn::Conv2dImpl::forward(x));
}

at::Tensor ConvImpl::plus(const at::Tensor& x, const at::Tensor& addend, const Activation& then) {
  if (FusedConv::serves(x)) return fused_(x, layer(), then, addend);
  return then.in_place(torch::nn::Conv2dImpl::forward(x) + addend);
}

at::Tensor ConvImpl::times(const at::Tensor& x, const at::Tensor& factor) {
  if (FusedConv::serves(x)) return fused_.times(x, layer(), factor);
  return torch::nn::Conv2dImpl::forward(x) * factor;
}

Conv pointwise_conv(int64_t in, int64_t out) {
  return Conv(torch::nn::Conv2dOptions(in, out, 1).bias(false));
}

Conv depthwise_conv(int64_t channels, int64_t kernel) {
  return Conv(torch::nn::Conv2dOptions(channels, channels, kernel)
                  .padding(kernel / 2)
                  .groups(channels)
                  .bias(false));
}

Conv halving_conv(int64_t in, int64_t out) {
  return Conv(torch::nn::Conv2dOptions(in, out, 4).stride(2).padding(1).bias(false));
}

}  // namespace hyperlift::nn
