// SAM, the supervised attention module between the stages of MPRNet and HINet: the features handed
// on are scaled by what a first result shows.
#pragma once

#include "core/torch.h"
#include "nn/conv.h"

namespace hyperlift::nn {

// Keys conv1 (features), conv2 (features to image), conv3 (image to features).
class SupervisedAttentionImpl : public torch::nn::Module {
 public:
  SupervisedAttentionImpl(int64_t channels, int64_t bands, int64_t kernel, bool bias) {
    const auto conv = [&](int64_t in, int64_t out) {
      return Conv(torch::nn::Conv2dOptions(in, out, kernel).padding(kernel / 2).bias(bias));
    };
    conv1 = register_module("conv1", conv(channels, channels));
    conv2 = register_module("conv2", conv(channels, bands));
    conv3 = register_module("conv3", conv(bands, channels));
  }

  // x: [B, C, H, W], image: [B, bands, H, W] -> x + conv1(x) * sigmoid(conv3(conv2(x) + image))
  at::Tensor forward(const at::Tensor& x, const at::Tensor& image) {
    const auto gate = conv3(conv2->plus(x, image), Activation::sigmoid());
    return at::addcmul(x, conv1(x), gate);
  }

 private:
  Conv conv1{nullptr};
  Conv conv2{nullptr};
  Conv conv3{nullptr};
};
TORCH_MODULE(SupervisedAttention);

}  // namespace hyperlift::nn
