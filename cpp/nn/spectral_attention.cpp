#include "nn/spectral_attention.h"

#include "core/autocast.h"
#include "nn/layout.h"
#include "nn/module_list.h"
#include "ops/gram.h"

namespace hyperlift::nn {

namespace {

torch::nn::Linear without_bias(int64_t in, int64_t out) {
  return torch::nn::Linear(torch::nn::LinearOptions(in, out).bias(false));
}

// Row norms of W X^T from the products of X's channels alone, kept above the reference's eps of
// 1e-12.
at::Tensor norms(const at::Tensor& weight_products, const at::Tensor& weight) {
  return (weight_products * weight).sum(-1, /*keepdim=*/true).clamp_min(1e-24).sqrt();
}

}  // namespace

SpectralAttentionImpl::SpectralAttentionImpl(const SpectralAttentionOptions& options)
    : options_(options) {
  const int64_t inner = options.heads * options.head_width;
  rescale = register_parameter("rescale", torch::ones({options.heads, 1, 1}));
  to_q = register_module("to_q", without_bias(options.channels, inner));
  to_k = register_module("to_k", without_bias(options.channels, inner));
  to_v = register_module("to_v", without_bias(options.channels, inner));
  proj = register_module("proj", torch::nn::Linear(inner, options.channels));
  if (has_positions()) {
    const auto position = [&] {
      if (options.positions) return depthwise_conv(inner, 3);
      return Conv(torch::nn::Conv2dOptions(inner, inner, 3).padding(1));
    };
    position_in_ = position();
    position_out_ = position();
    register_module("pos_emb", module_list(position_in_, torch::nn::GELU(), position_out_));
  }
}

at::Tensor SpectralAttentionImpl::heads(const at::Tensor& t) const {
  return t.unflatten(0, {options_.heads, options_.head_width});
}

// With K = Wk X^T and Q = Wq X^T, all that the map needs is K Q^T = Wk (X^T X) Wq^T and the norms
// of the rows of K and Q, the diagonals of Wk (X^T X) Wk^T and Wq (X^T X) Wq^T: neither K nor Q is
// ever made. The map is small and stays in float32.
at::Tensor SpectralAttentionImpl::map(const at::Tensor& x) const {
  const auto products = gram(x).unsqueeze(1);  // [B, 1, C, C]
  const auto wide = products.scalar_type();
  const auto q = heads(to_q->weight.to(wide));
  const auto k = heads(to_k->weight.to(wide));
  const auto q_products = q.matmul(products);  // [B, heads, d, C]
  const auto k_products = k.matmul(products);
  const auto scale = norms(k_products, k) * norms(q_products, q).mT();
  const auto cosines = (k_products.matmul(q.mT()) / scale).clamp(-1.0, 1.0);
  return at::softmax(cosines * rescale, -1);  // [B, heads, d, d]
}

// The map acts on channels, so proj(map V) = X (proj map Wv)^T, one matrix for the whole image.
at::Tensor SpectralAttentionImpl::channel_matrix(const at::Tensor& x) const {
  const NoAutocast guard;
  const auto weights = map(x);
  const auto wide = weights.scalar_type();
  const auto seen = weights.matmul(heads(to_v->weight.to(wide)));
  return heads(proj->weight.to(wide).t()).mT().matmul(seen).sum(1);  // [B, C, C]
}

// Where the values change from pixel to pixel, the matrix begins behind them: proj map.
at::Tensor SpectralAttentionImpl::value_matrix(const at::Tensor& x) const {
  const NoAutocast guard;
  const auto weights = map(x);
  const auto out = heads(proj->weight.to(weights.scalar_type()).t());  // [heads, d, C]
  return out.mT().matmul(weights).permute({0, 2, 1, 3}).flatten(2);    // [B, C, heads*d]
}

at::Tensor SpectralAttentionImpl::attend(const at::Tensor& x, const at::Tensor& skip) const {
  auto matrix = channel_matrix(x);
  const bool own_skip = skip.is_same(x);  // then it is one more identity in the matrix
  if (own_skip) matrix = matrix + at::eye(x.size(2), matrix.options());
  const auto bias = proj->bias.to(x.scalar_type());
  const auto rest = own_skip || !skip.defined() ? bias.expand_as(x) : skip + bias;
  return at::baddbmm(rest, x, matrix.mT().to(x.scalar_type()));
}

at::Tensor SpectralAttentionImpl::forward(const at::Tensor& x, int64_t height, int64_t width,
                                          const at::Tensor& skip, const at::Tensor& gate) {
  if (!has_positions() && !gate.defined()) return attend(x, skip);
  const auto values = to_v->forward(x);
  auto out = gate.defined() ? at::baddbmm(skip + proj->bias.to(x.scalar_type()), values * gate,
                                          value_matrix(x).mT().to(x.scalar_type()))
                            : attend(x, skip);
  if (!has_positions()) return out;
  const auto positions = position_in_->forward(to_image(values, height, width), Activation::gelu());
  return to_rows(position_out_->plus(positions, to_image(out, height, width)));
}

}  // namespace hyperlift::nn
