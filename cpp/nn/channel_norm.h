// Layer norm over the channels of each pixel of an image.
#pragma once

#include "core/torch.h"

namespace hyperlift::nn {

// torch::nn::LayerNorm({channels}) for [B, C, H, W]: keys weight, bias. In channels-last memory
// nothing is copied around it.
class ChannelNormImpl : public torch::nn::LayerNormImpl {
 public:
  explicit ChannelNormImpl(int64_t channels, double eps = 1e-5)
      : torch::nn::LayerNormImpl(torch::nn::LayerNormOptions({channels}).eps(eps)) {}

  at::Tensor forward(const at::Tensor& x) {
    const auto pixels = x.contiguous(at::MemoryFormat::ChannelsLast).permute({0, 2, 3, 1});
    return torch::nn::LayerNormImpl::forward(pixels).permute({0, 3, 1, 2});
  }
};
TORCH_MODULE(ChannelNorm);

}  // namespace hyperlift::nn
