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
  if (options.positions) {
    position_in_ = depthwise_conv(inner, 3);
    position_out_ = depthwise_conv(inner, 3);
    register_module("pos_emb", module_list(position_in_, torch::nn::GELU(), position_out_));
  }
}

// With K = Wk X^T and Q = Wq X^T, all that the map needs is K Q^T = Wk (X^T X) Wq^T and the norms
// of the rows of K and Q, the diagonals of Wk (X^T X) Wk^T and Wq (X^T X) Wq^T: neither K nor Q is
// ever made. The map acts on channels, so proj(map V) = X (proj map Wv)^T, one matrix for the whole
// image. It is small and stays in float32.
at::Tensor SpectralAttentionImpl::channel_matrix(const at::Tensor& x) {
  const auto heads = [&](const at::Tensor& t) {  // [heads*d, C] -> [heads, d, C]
    return t.unflatten(0, {options_.heads, options_.head_width});
  };
  const auto products = gram(x).unsqueeze(1);  // [B, 1, C, C]
  const auto wide = products.scalar_type();
  const auto q = heads(to_q->weight.to(wide));
  const auto k = heads(to_k->weight.to(wide));
  const auto q_products = q.matmul(products);  // [B, heads, d, C]
  const auto k_products = k.matmul(products);
  const auto scale = norms(k_products, k) * norms(q_products, q).mT();
  const auto cosines = (k_products.matmul(q.mT()) / scale).clamp(-1.0, 1.0);
  const auto map = at::softmax(cosines * rescale, -1);  // [B, heads, d, d]
  const auto out = heads(proj->weight.to(wide).t());    // [heads, d, C]
  const auto seen = map.matmul(heads(to_v->weight.to(wide)));
  return out.mT().matmul(seen).sum(1);  // [B, C, C]
}

at::Tensor SpectralAttentionImpl::forward(const at::Tensor& x, int64_t height, int64_t width,
                                          const at::Tensor& skip) {
  at::Tensor matrix;
  {
    const c10::impl::ExcludeDispatchKeyGuard no_autocast(
        c10::DispatchKeySet({c10::DispatchKey::AutocastCPU, c10::DispatchKey::AutocastCUDA}));
    matrix = channel_matrix(x);
  }
  const auto type = x.scalar_type();
  const bool own_skip = skip.is_same(x);  // then it is one more identity in the matrix
  if (own_skip) matrix = matrix + at::eye(x.size(2), matrix.options());
  const auto bias = proj->bias.to(type);
  const auto rest = own_skip ? bias.expand_as(x) : skip + bias;
  const auto out = at::baddbmm(rest, x, matrix.mT().to(type));
  if (!options_.positions) return out;
  const auto v = to_image(to_v->forward(x), height, width);
  const auto positions = position_in_->forward(v, Activation::gelu());
  return to_rows(position_out_->plus(positions, to_image(out, height, width)));
}

}  // namespace hyperlift::nn
