#include "nn/shuffle_tail.h"

#include "core/autocast.h"

#include <algorithm>

namespace hyperlift::nn {

namespace {

constexpr int64_t kSide =
    5;  // of the merged kernel: 3 x 3 over the shuffle's pixels reach 2 of its input's

}  // namespace

ShuffleTail::ShuffleTail(int64_t width, int64_t scale)
    : factors_(shuffle_factors(scale)), last_(normed_conv(width, 1, 3)) {
  for (const int64_t factor : factors_) {
    convs_.push_back(normed_conv(width, factor * factor * width, 3));
  }
}

at::Tensor ShuffleTail::enlarged(const at::Tensor& x, size_t i) {
  return at::pixel_shuffle(convs_[i](x), factors_[i]);
}

at::Tensor ShuffleTail::operator()(const at::Tensor& x) {
  const bool merges = FusedConv::serves(x);
  auto y = x;
  for (size_t i = 0; i + (merges ? 1 : 0) < convs_.size(); ++i) y = enlarged(y, i);
  return merges ? merged(y) : last_(y);
}

// The kernel is the answer to single pixels, read backwards.
ShuffleTail::Merged ShuffleTail::merge() const {
  const NoAutocast in_full_precision;
  const int64_t factor = factors_.back();
  const auto answer = [&](const at::Tensor& x, bool biases) {
    const auto bias = [&](const NormedConv& conv) { return biases ? conv->bias() : at::Tensor(); };
    const auto wide = at::conv2d(x, convs_.back()->weight(), bias(convs_.back()), 1, 1);
    const auto y = at::conv2d(at::pixel_shuffle(wide, factor), last_->weight(), bias(last_), 1, 1);
    return at::pixel_unshuffle(y, factor);  // [C, r * r, 5, 5]
  };
  const auto weight = last_->weight();
  const int64_t width = weight.size(1);
  const auto pixels = at::zeros({width, width, kSide, kSide}, weight.options());
  pixels.select(3, kSide / 2).select(2, kSide / 2).fill_diagonal_(1);
  const auto constant = answer(at::zeros({1, width, kSide, kSide}, weight.options()), true);
  return {.weight = answer(pixels, false).transpose(0, 1).flip({2, 3}).contiguous(),
          .bias = constant.select(3, kSide / 2).select(2, kSide / 2).flatten().clone()};
}

at::Tensor ShuffleTail::merged(const at::Tensor& x) {
  auto sources = convs_.back()->parameters();
  for (const auto& tensor : last_->parameters()) sources.push_back(tensor);
  const auto made = merged_.get(sources, {}, [this] { return merge(); });
  const auto phases = fused_(x,
                             {.sources = {made.weight},
                              .weight = [weight = made.weight] { return weight; },
                              .bias = made.bias,
                              .shape = {.padding = kSide / 2}},
                             {});
  auto y = at::pixel_shuffle(phases, factors_.back());
  mend_borders(x, y, /*rows=*/true);
  mend_borders(x, y, /*rows=*/false);
  return y;
}

// The last convolution takes zeros beyond the border of what the other made, not what the other
// would make there: the outermost pixels go the long way.
void ShuffleTail::mend_borders(const at::Tensor& x, const at::Tensor& y, bool rows) {
  const int64_t dim = rows ? 2 : 3;
  const int64_t reach = std::min<int64_t>(2, x.size(dim));
  const auto strips =
      at::cat({x.slice(dim, 0, reach), x.slice(dim, x.size(dim) - reach, x.size(dim))});
  const auto ends = last_(enlarged(strips, convs_.size() - 1)).chunk(2);
  y.select(dim, 0).copy_(ends[0].select(dim, 0));
  y.select(dim, y.size(dim) - 1).copy_(ends[1].select(dim, ends[1].size(dim) - 1));
}

torch::nn::ModuleList ShuffleTail::enlarging() const {
  torch::nn::ModuleList list;
  for (size_t i = 0; i < convs_.size(); ++i) {
    list->push_back(convs_[i].ptr());
    list->push_back(torch::nn::PixelShuffle(factors_[i]));
  }
  return list;
}

}  // namespace hyperlift::nn
