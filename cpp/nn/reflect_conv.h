// A convolution behind reflection padding; the key is `conv2d` (SFFormer, MFormer and others of the
// UnSSR repository).
#pragma once

#include "core/torch.h"
#include "nn/conv.h"

namespace hyperlift::nn {

// Odd kernel, same size, no bias.
class ReflectConvImpl : public torch::nn::Module {
 public:
  ReflectConvImpl(int64_t in, int64_t out, int64_t kernel = 3) : reach_(kernel / 2) {
    conv2d = register_module("conv2d", Conv(torch::nn::Conv2dOptions(in, out, kernel).bias(false)));
  }
  at::Tensor forward(const at::Tensor& x, const Activation& then = {}) {
    return conv2d(pad(x), then);
  }
  at::Tensor plus(const at::Tensor& x, const at::Tensor& addend, const Activation& then = {}) {
    return conv2d->plus(pad(x), addend, then);
  }
  const at::Tensor& weight() const { return conv2d->weight; }

 private:
  at::Tensor pad(const at::Tensor& x) const {
    if (reach_ == 0) return x;
    return at::reflection_pad2d(x, {reach_, reach_, reach_, reach_});
  }

  int64_t reach_;
  Conv conv2d{nullptr};
};
TORCH_MODULE(ReflectConv);

}  // namespace hyperlift::nn
