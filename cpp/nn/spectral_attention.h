// Attention between bands: the map is d x d, whatever the number of pixels (MST++, eq. 2 to 5;
// SFFormer's TE; gated by a mask, MST).
#pragma once

#include "core/torch.h"
#include "nn/conv.h"

namespace hyperlift::nn {

struct SpectralAttentionOptions {
  int64_t channels = 0;
  int64_t heads = 1;
  int64_t head_width = 0;
  bool positions =
      false;  // MST++'s pos_emb: two depthwise 3 x 3 with a GELU between, on v, added to the result
  bool dense_positions = false;  // LTRN's: the same of dense 3 x 3 with biases
};

// Keys: rescale, to_q, to_k, to_v, proj, pos_emb.0, pos_emb.2.
class SpectralAttentionImpl : public torch::nn::Module {
 public:
  explicit SpectralAttentionImpl(const SpectralAttentionOptions& options);

  // x, skip: [B, H*W, C] -> skip (or nothing) + the attention of x; height and width matter to the
  // positions only. gate: nothing, or [B or 1, H*W, heads*d], factors of the values that are
  // attended to (not of those that give the positions).
  at::Tensor forward(const at::Tensor& x, int64_t height, int64_t width, const at::Tensor& skip,
                     const at::Tensor& gate = {});

 private:
  bool has_positions() const { return options_.positions || options_.dense_positions; }
  at::Tensor heads(const at::Tensor& t) const;  // [heads*d, C] -> [heads, d, C]
  at::Tensor map(const at::Tensor& x) const;
  at::Tensor channel_matrix(const at::Tensor& x) const;
  at::Tensor value_matrix(const at::Tensor& x) const;
  at::Tensor attend(const at::Tensor& x, const at::Tensor& skip) const;

  SpectralAttentionOptions options_;
  at::Tensor rescale;  // [heads, 1, 1]
  torch::nn::Linear to_q{nullptr};
  torch::nn::Linear to_k{nullptr};
  torch::nn::Linear to_v{nullptr};
  torch::nn::Linear proj{nullptr};
  Conv position_in_{nullptr};
  Conv position_out_{nullptr};
};
TORCH_MODULE(SpectralAttention);

}  // namespace hyperlift::nn
