#include "nn/cube_tail.h"

#include "core/autocast.h"

#include <algorithm>
#include <cmath>

namespace hyperlift::nn {

namespace {

constexpr int64_t kTaps = 3;

// Enlarged features that inference holds at once: few enough to stay near the processor, and enough
// of them to keep its cores busy.
constexpr int64_t kLiveFeatures = int64_t{1} << 22;

}  // namespace

NormedTransposedConvImpl::NormedTransposedConvImpl(int64_t in, int64_t out, int64_t scale)
    : scale_(scale) {
  const int64_t side = scale + 2;
  const double bound = 1 / std::sqrt(static_cast<double>(out * kTaps * side * side));
  bias_ = register_parameter("bias", at::empty({out}));
  g_ = register_parameter("weight_g", at::empty({in, 1, 1, 1, 1}));
  v_ = register_parameter("weight_v", at::empty({in, out, kTaps, side, side}));
  const at::NoGradGuard no_grad;
  torch::nn::init::kaiming_uniform_(v_, std::sqrt(5.0));
  bias_.uniform_(-bound, bound);
  g_.copy_(at::norm_except_dim(v_, 2, 0));
}

// A transposed convolution adds tap k of band l to band l + k - 1: the band before comes with the
// last tap.
at::Tensor NormedTransposedConvImpl::image_weight() const {
  return at::_weight_norm(v_, g_, 0).flip(2).permute({2, 0, 1, 3, 4}).flatten(0, 1);
}

at::Tensor NormedTransposedConvImpl::enlarge(const at::Tensor& x,
                                             const at::Tensor& image_weight) const {
  return at::conv_transpose2d(x, image_weight, bias_, {scale_, scale_}, {1, 1});
}

CubeTailImpl::CubeTailImpl(int64_t width, int64_t scale, std::vector<NormedConv> last)
    : enlarge_(width, width, scale), last_(std::move(last)) {
  register_module("0", enlarge_);
  for (size_t i = 0; i < last_.size(); ++i) register_module(std::to_string(i + 1), last_[i]);
}

// Two linear layers are one: their product has 3 outputs where the first of them has C, at the full
// size, and the same padding. The first one's bias counts for the bands that there are.
CubeTailImpl::Shares CubeTailImpl::shares() const {
  const auto along_bands = last_.back()->weight();  // [1, C, 3, 3, 3] or [1, C, 3, 1, 1]
  const auto taps = along_bands.squeeze(0).transpose(0, 1);
  if (last_.size() == 1) return {.weight = taps};
  const NoAutocast exact;  // kernels are rounded once, by the convolution that they are for
  const auto mix = taps.flatten(1);                    // [3, C]
  const auto spatial = last_[0]->weight().squeeze(2);  // [C, C, 3, 3]
  return {.weight = mix.mm(spatial.flatten(1)).view({kTaps, -1, spatial.size(2), spatial.size(3)}),
          .bias = mix.mv(last_[0]->bias())};
}

at::Tensor CubeTailImpl::shares_of(const at::Tensor& x, const Shares& shares) const {
  const auto kernel = enlarge_->image_weight();
  const auto run = [&](const at::Tensor& some) {
    return at::conv2d(enlarge_->enlarge(some, kernel), shares.weight, shares.bias, {1, 1}, {1, 1});
  };
  const int64_t scale = enlarge_->scale();
  const int64_t features = kernel.size(1) * scale * scale * x.size(2) * x.size(3);
  const int64_t step = std::max<int64_t>(1, kLiveFeatures / features);
  if (at::GradMode::is_enabled() || step >= x.size(0)) return run(x);
  std::vector<at::Tensor> parts;
  for (int64_t from = 0; from < x.size(0); from += step) {
    parts.push_back(run(x.slice(0, from, std::min(from + step, x.size(0)))));
  }
  return at::cat(parts);
}

at::Tensor CubeTailImpl::forward(const at::Tensor& x, int64_t bands) {
  const auto found = shares_of(with_neighbours(x, bands, kTaps), shares());
  return sum_of_neighbours(found, bands) + last_.back()->bias();
}

}  // namespace hyperlift::nn
