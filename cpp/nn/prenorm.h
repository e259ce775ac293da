// What SFFormer's and MFormer's transformers wrap around their layers.
#pragma once

#include "core/torch.h"
#include "nn/module_list.h"

namespace hyperlift::nn {

// Linear, LeakyReLU, Linear; keys net.0 and net.3 (a dropout of 0 lies between).
class LeakyFeedForwardImpl : public torch::nn::Module {
 public:
  explicit LeakyFeedForwardImpl(int64_t channels)
      : first_(channels, channels), second_(channels, channels) {
    register_module("net", module_list(first_, torch::nn::LeakyReLU(), torch::nn::Dropout(0.0),
                                       second_, torch::nn::Dropout(0.0)));
  }
  at::Tensor forward(const at::Tensor& x, const at::Tensor& skip) {
    return second_(at::leaky_relu(first_(x), 0.01)) + skip;
  }

 private:
  torch::nn::Linear first_;
  torch::nn::Linear second_;
};
TORCH_MODULE(LeakyFeedForward);

// The reference wraps each layer twice, in a Residual and in a PreNorm, and both name what they
// wrap `fn`.
template <class Layer>
class ResidualNorm : public torch::nn::Module {
 public:
  ResidualNorm(int64_t channels, Layer layer)
      : norm_(torch::nn::LayerNormOptions({channels})), layer_(std::move(layer)) {
    auto inner = std::make_shared<torch::nn::Module>();
    inner->register_module("norm", norm_.ptr());
    inner->register_module("fn", layer_.ptr());
    register_module("fn", inner);
  }

  template <class... Size>
  at::Tensor forward(const at::Tensor& x, Size... size) {  // [B, N, C]
    return layer_(norm_(x), size..., x);
  }

 private:
  torch::nn::LayerNorm norm_;
  Layer layer_;
};

}  // namespace hyperlift::nn
