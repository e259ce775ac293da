// The feed-forward half of a transformer's block.
#pragma once

#include "core/torch.h"
#include "nn/drop_path.h"
#include "ops/fused_conv.h"

namespace hyperlift::nn {

// Linear, GELU, Linear; keys fc1, fc2.
class MlpImpl : public torch::nn::Module {
 public:
  MlpImpl(int64_t channels, int64_t hidden);

  // x, skip: [B, H*W, C] -> skip + drop(the layers of x)
  at::Tensor forward(const at::Tensor& x, int64_t height, int64_t width, const at::Tensor& skip,
                     const DropPath& drop);

 private:
  torch::nn::Linear fc1{nullptr};
  torch::nn::Linear fc2{nullptr};
  FusedConv first_;
  FusedConv second_;
};
TORCH_MODULE(Mlp);

}  // namespace hyperlift::nn
