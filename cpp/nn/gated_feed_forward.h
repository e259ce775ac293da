// GDFN: a feed-forward whose one half gates the other (Restormer).
#pragma once

#include "core/torch.h"
#include "nn/conv.h"

namespace hyperlift::nn {

// 1 x 1 to twice `hidden`, depthwise 3 x 3, GELU of the first half times the second, 1 x 1 back.
// Keys: project_in, dwconv, project_out.
class GatedFeedForwardImpl : public torch::nn::Module {
 public:
  GatedFeedForwardImpl(int64_t channels, int64_t hidden, bool bias);

  // x, skip: [B, C, H, W] -> skip + the layers of x
  at::Tensor forward(const at::Tensor& x, const at::Tensor& skip);

 private:
  // One half of a layer with its channels filled up with zeros to a whole number of vectors.
  ConvLayer half(const Conv& layer, int64_t index);
  at::Tensor infer(const at::Tensor& x, const at::Tensor& skip);

  int64_t hidden_;
  Conv project_in{nullptr};
  Conv dwconv{nullptr};
  Conv project_out{nullptr};
  FusedConv widen_[2];
  FusedConv mix_[2];
  FusedConv narrow_;
};
TORCH_MODULE(GatedFeedForward);

}  // namespace hyperlift::nn
