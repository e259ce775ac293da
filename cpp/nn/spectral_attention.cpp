#include "nn/spectral_attention.h"

#include "nn/layout.h"
#include "nn/module_list.h"

namespace hyperlift::nn {

namespace {

torch::nn::Linear without_bias(int64_t in, int64_t out) {
  return torch::nn::Linear(torch::nn::LinearOptions(in, out).bias(false));
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

at::Tensor SpectralAttentionImpl::forward(const at::Tensor& x, int64_t height, int64_t width) {
  const auto heads = [&](const at::Tensor& t) {  // [B, N, heads*d] -> [B, heads, d, N]
    return t.unflatten(2, {options_.heads, options_.head_width}).permute({0, 2, 3, 1});
  };
  const auto unit = [](const at::Tensor& t) {
    return t / at::linalg_vector_norm(t, 2, {-1}, true).clamp_min(1e-12);
  };
  const auto v_rows = to_v->forward(x);
  const auto q = unit(heads(to_q->forward(x)));
  const auto k = unit(heads(to_k->forward(x)));
  const auto map = at::softmax(k.matmul(q.mT()) * rescale, -1);                  // [B, heads, d, d]
  const auto seen = map.matmul(heads(v_rows)).permute({0, 3, 1, 2}).flatten(2);  // [B, N, heads*d]
  auto out = proj->forward(seen);
  if (options_.positions) {
    const auto image = position_in_->forward(to_image(v_rows, height, width), Activation::gelu());
    out = out + to_rows(position_out_->forward(image));
  }
  return out;
}

}  // namespace hyperlift::nn
