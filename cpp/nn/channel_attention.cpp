#include "nn/channel_attention.h"

#include "core/autocast.h"
#include "nn/layout.h"
#include "ops/gram.h"

namespace hyperlift::nn {

ChannelAttentionImpl::ChannelAttentionImpl(int64_t channels, int64_t heads, bool bias)
    : heads_(heads) {
  using torch::nn::Conv2dOptions;
  temperature = register_parameter("temperature", torch::ones({heads, 1, 1}));
  qkv = register_module("qkv", Conv(Conv2dOptions(channels, 3 * channels, 1).bias(bias)));
  qkv_dwconv = register_module(
      "qkv_dwconv",
      Conv(
          Conv2dOptions(3 * channels, 3 * channels, 3).padding(1).groups(3 * channels).bias(bias)));
  project_out =
      register_module("project_out", Conv(Conv2dOptions(channels, channels, 1).bias(bias)));
}

// q, k: [B, N, C] -> [B, heads, d, d]. Neither is normalised: their products are divided by the
// norms. In float32.
at::Tensor ChannelAttentionImpl::map(const at::Tensor& q, const at::Tensor& k) const {
  const auto split = [this](const at::Tensor& t, int64_t dim) {
    return t.unflatten(dim, {heads_, -1});
  };
  const auto norms = [&](const at::Tensor& t) {  // [B, N, C] -> [B, heads, d, 1]
    const auto squares = t.to(temperature.scalar_type()).square().sum(1);
    return split(squares.clamp_min(1e-24).sqrt(), 1).unsqueeze(-1);
  };
  // The products of all channels, and of these the blocks of the heads.
  const auto products = split(split(q.mT().matmul(k), 2), 1);         // [B, h, d, h, d]
  const auto own = products.diagonal(0, 1, 3).permute({0, 3, 1, 2});  // [B, h, d, d]
  const auto cosines = own.to(temperature.scalar_type()) / (norms(q) * norms(k).mT());
  return at::softmax(cosines * temperature, -1);
}

// The map acts on channels, so project_out(map V) is one matrix for the whole image.
at::Tensor ChannelAttentionImpl::forward(const at::Tensor& x, const at::Tensor& skip) {
  const auto rows = nn::to_rows(qkv_dwconv(qkv(x))).chunk(3, 2);  // 3 of [B, N, C]
  at::Tensor matrix;
  {
    const NoAutocast guard;
    const auto weights = map(rows[0], rows[1]);
    const auto out = project_out->weight.flatten(1).to(weights.scalar_type());  // [C, C]
    const auto by_head = out.unflatten(1, {heads_, -1}).transpose(0, 1);        // [heads, C, d]
    matrix = by_head.matmul(weights).permute({0, 2, 1, 3}).flatten(2);          // [B, C, C]
  }
  auto rest = nn::to_rows(skip);
  if (project_out->bias.defined()) rest = rest + project_out->bias;
  const auto y =
      at::baddbmm(rest.to(rows[2].scalar_type()), rows[2], matrix.mT().to(rows[2].scalar_type()));
  return nn::to_image(y, x.size(2), x.size(3));
}

}  // namespace hyperlift::nn
