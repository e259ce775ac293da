// The feed-forward layers of MST and MST++: a depthwise convolution between two of one pixel.
#pragma once

#include "core/torch.h"
#include "nn/conv.h"
#include "nn/layout.h"
#include "nn/module_list.h"

namespace hyperlift::nn {

// 1 x 1 to 4 C, GELU, depthwise 3 x 3, GELU, 1 x 1 to C.
class DepthwiseFeedForwardImpl : public torch::nn::Module {
 public:
  explicit DepthwiseFeedForwardImpl(int64_t channels)
      : widen_(pointwise_conv(channels, 4 * channels)),
        mix_(depthwise_conv(4 * channels, 3)),
        narrow_(pointwise_conv(4 * channels, channels)) {
    register_module("net",
                    module_list(widen_, torch::nn::GELU(), mix_, torch::nn::GELU(), narrow_));
  }

  // x, skip: [B, C, H, W] -> skip + the layers of x
  at::Tensor forward(const at::Tensor& x, const at::Tensor& skip) {
    return narrow_->plus(mix_(widen_(x, Activation::gelu()), Activation::gelu()), skip);
  }

 private:
  Conv widen_;
  Conv mix_;
  Conv narrow_;
};
TORCH_MODULE(DepthwiseFeedForward);

// The reference's PreNorm registers what it wraps before its norm; so does this.
class NormedFeedForwardImpl : public torch::nn::Module {
 public:
  explicit NormedFeedForwardImpl(int64_t channels) {
    fn = register_module("fn", DepthwiseFeedForward(channels));
    norm = register_module("norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({channels})));
  }

  // x: [B, H*W, C] -> x + the layers of its norm: [B, C, H, W]
  at::Tensor forward(const at::Tensor& x, int64_t height, int64_t width) {
    return fn(to_image(norm(x), height, width), to_image(x, height, width));
  }

 private:
  DepthwiseFeedForward fn{nullptr};
  torch::nn::LayerNorm norm{nullptr};
};
TORCH_MODULE(NormedFeedForward);

}  // namespace hyperlift::nn
