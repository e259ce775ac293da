#include "nn/weighted_merge.h"

namespace hyperlift::nn {

at::Tensor WeightedMerge::weight() const {
  const auto w = conv_->weight().squeeze(-1);  // [out, n * C, 1, 1]
  const int64_t channels = w.size(1) / gamma_.size(0);
  return w * gamma_.repeat_interleave(channels).view({1, -1, 1, 1});
}

at::Tensor WeightedMerge::operator()(const std::vector<at::Tensor>& maps, const Activation& then) {
  const auto x = at::cat(maps, 1);
  if (!FusedConv::serves(x)) return then.in_place(at::conv2d(x, weight(), conv_->bias()));
  auto sources = conv_->parameters();
  sources.push_back(gamma_);
  return fused_(
      x,
      {.sources = std::move(sources), .weight = [this] { return weight(); }, .bias = conv_->bias()},
      then);
}

}  // namespace hyperlift::nn
