#include "nn/scaled_sum.h"

namespace hyperlift::nn {

at::Tensor ScaledSum::matrix(const at::Tensor& gammas, int64_t row) const {
  const auto weight = conv_->weight().flatten(1);
  const auto factors = gammas.view({-1, parts_}).select(0, row);
  return weight * factors.repeat_interleave(weight.size(1) / parts_);
}

at::Tensor ScaledSum::operator()(const at::Tensor& x, const at::Tensor& gammas, int64_t row) {
  const auto weight = [&] { return matrix(gammas, row).unsqueeze(-1).unsqueeze(-1); };
  if (!FusedConv::serves(x)) return at::conv2d(x, weight(), conv_->bias());
  auto sources = conv_->parameters();
  sources.push_back(gammas);
  return fused_(x, {.sources = sources, .weight = weight, .bias = conv_->bias()}, {});
}

}  // namespace hyperlift::nn
