#include "nn/conv.h"

namespace hyperlift::nn {

at::Tensor Activation::operator()(const at::Tensor& x) const {
  switch (kind) {
    case Kind::none:
      return x;
    case Kind::gelu:
      return at::gelu(x);
    case Kind::leaky_relu:
      return at::leaky_relu(x, slope);
    case Kind::prelu:
      return at::prelu(x, weight);
  }
  return x;
}

at::Tensor ConvImpl::forward(const at::Tensor& x, const Activation& then) {
  return then(torch::nn::Conv2dImpl::forward(x));
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
