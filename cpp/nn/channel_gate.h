// Channel attention as RCAN has it (MPRNet's CALayer, MIRNet's ca_layer): factors of the channels
// from their averages.
#pragma once

#include "core/torch.h"
#include "nn/module_list.h"

namespace hyperlift::nn {

// Two 1 x 1 convolutions, ReLU between them, sigmoid at the end; keys conv_du.0, conv_du.2.
class ChannelGateImpl : public torch::nn::Module {
 public:
  ChannelGateImpl(int64_t channels, int64_t hidden, bool bias = false)
      : squeeze_(torch::nn::Conv2dOptions(channels, hidden, 1).bias(bias)),
        excite_(torch::nn::Conv2dOptions(hidden, channels, 1).bias(bias)) {
    register_module("conv_du", module_list(squeeze_, torch::nn::ReLU(), excite_));
  }

  // x: [B, C, H, W] -> [B, C, 1, 1] in (0, 1)
  at::Tensor forward(const at::Tensor& x) {
    const auto layer = [](const torch::nn::Conv2d& conv, const at::Tensor& rows) {
      return at::linear(rows, conv->weight.flatten(1), conv->bias);
    };
    const auto hidden = at::relu(layer(squeeze_, x.mean({2, 3})));
    return at::sigmoid(layer(excite_, hidden)).unsqueeze(-1).unsqueeze(-1);
  }

 private:
  torch::nn::Conv2d squeeze_;
  torch::nn::Conv2d excite_;
};
TORCH_MODULE(ChannelGate);

}  // namespace hyperlift::nn
