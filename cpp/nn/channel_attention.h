// MDTA: attention between channels, whose queries, keys and values have looked at their neighbours
// (Restormer).
#pragma once

#include "core/torch.h"
#include "nn/conv.h"

namespace hyperlift::nn {

// Keys: temperature, qkv, qkv_dwconv, project_out. Rows of the map come from the queries.
class ChannelAttentionImpl : public torch::nn::Module {
 public:
  ChannelAttentionImpl(int64_t channels, int64_t heads, bool bias);

  // x, skip: [B, C, H, W] -> skip + the attention of x
  at::Tensor forward(const at::Tensor& x, const at::Tensor& skip);

 private:
  at::Tensor map(const at::Tensor& q, const at::Tensor& k) const;

  int64_t heads_;
  at::Tensor temperature;  // [heads, 1, 1]
  Conv qkv{nullptr};
  Conv qkv_dwconv{nullptr};
  Conv project_out{nullptr};
};
TORCH_MODULE(ChannelAttention);

}  // namespace hyperlift::nn
