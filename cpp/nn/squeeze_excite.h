// Squeeze and excitation: each channel is scaled by what the averages of all channels say.
#pragma once

#include "core/torch.h"

namespace hyperlift::nn {

// Three linear layers without bias, ReLU between them, sigmoid at the end; keys fc.0, fc.2, fc.4
// (MFormer, DRCR).
class SqueezeExciteImpl : public torch::nn::Module {
 public:
  SqueezeExciteImpl(int64_t channels, int64_t reduction)
      : squeeze_(without_bias(channels, channels / reduction)),
        middle_(without_bias(channels / reduction, channels / reduction)),
        excite_(without_bias(channels / reduction, channels)) {
    torch::nn::Sequential fc(squeeze_, torch::nn::ReLU(), middle_, torch::nn::ReLU(), excite_,
                             torch::nn::Sigmoid());
    register_module("fc", fc);
  }

  // x: [B, C, H, W] -> the factors of its channels [B, C, 1, 1]
  at::Tensor gate(const at::Tensor& x) {
    const auto hidden = at::relu(middle_(at::relu(squeeze_(x.mean({2, 3})))));
    return at::sigmoid(excite_(hidden)).unsqueeze(-1).unsqueeze(-1);
  }
  at::Tensor forward(const at::Tensor& x) { return x * gate(x); }

 private:
  static torch::nn::Linear without_bias(int64_t in, int64_t out) {
    return torch::nn::Linear(torch::nn::LinearOptions(in, out).bias(false));
  }

  torch::nn::Linear squeeze_;
  torch::nn::Linear middle_;
  torch::nn::Linear excite_;
};
TORCH_MODULE(SqueezeExcite);

}  // namespace hyperlift::nn
