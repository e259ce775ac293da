#include "nn/cube_tail.h"

#include "core/autocast.h"

#include <cmath>

namespace hyperlift::nn {

namespace {

constexpr int64_t kTaps = 3;

// The kernel K, [in, out, s + 4, s + 4], of a transposed convolution of stride s and padding 2 as
// that of a 3 x 3 convolution to s * s pixels: [out * s * s, in, 3, 3]. Along a side, pixel p of
// those of q sees q - 1 + t through K[p + 2 + s (1 - t)].
at::Tensor by_pixels(const at::Tensor& kernel, int64_t scale) {
  const int64_t in = kernel.size(0), out = kernel.size(1), rim = scale - 2;
  return at::constant_pad_nd(kernel, {rim, rim, rim, rim})
      .view({in, out, kTaps, scale, kTaps, scale})
      .flip({2, 4})
      .permute({1, 3, 5, 0, 2, 4})
      .reshape({out * scale * scale, in, kTaps, kTaps});
}

}  // namespace

NormedTransposedConvImpl::NormedTransposedConvImpl(int64_t in, int64_t out, int64_t scale) {
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

CubeTailImpl::CubeTailImpl(int64_t width, int64_t scale, std::vector<NormedConv> last)
    : scale_(scale), enlarge_(width, width, scale), last_(std::move(last)) {
  register_module("0", enlarge_);
  for (size_t i = 0; i < last_.size(); ++i) register_module(std::to_string(i + 1), last_[i]);
}

// The first bias counts for the bands that there are.
CubeTailImpl::Shares CubeTailImpl::shares() const {
  const auto along_bands = last_.back()->weight();  // [1, C, 3, 3, 3] or [1, C, 3, 1, 1]
  const auto taps = along_bands.squeeze(0).transpose(0, 1);
  if (last_.size() == 1) return {.weight = taps};
  const auto mix = taps.flatten(1);                    // [3, C]
  const auto spatial = last_[0]->weight().squeeze(2);  // [C, C, 3, 3]
  return {.weight = mix.mm(spatial.flatten(1)).view({kTaps, -1, spatial.size(2), spatial.size(3)}),
          .bias = mix.mv(last_[0]->bias())};
}

CubeTailImpl::Kernels CubeTailImpl::make_kernels() const {
  const NoAutocast exact;  // a kernel is rounded once, by the convolution that it is for
  const auto enlarge = enlarge_->image_weight();
  const auto [weight, last_bias] = shares();
  const auto both = at::conv2d(enlarge, weight, {}, {1, 1}, {2, 2});  // [3 C, 3, s + 4, s + 4]
  auto bias = weight.sum({2, 3}).mv(enlarge_->bias());
  if (last_bias.defined()) bias = bias + last_bias;
  return {.enlarge = enlarge,
          .shares = weight,
          .whole = by_pixels(both, scale_),
          .bias = bias.repeat_interleave(scale_ * scale_)};
}

CubeTailImpl::Kernels CubeTailImpl::kernels() {
  if (at::GradMode::is_enabled()) return make_kernels();
  return kernels_.get(parameters(), {}, [this] { return make_kernels(); });
}

// [N, 3 C, H, W] -> [N, 3, s H, s W]
at::Tensor CubeTailImpl::convolve(const at::Tensor& x, const Kernels& kernels) {
  const auto run = [&] {
    if (!FusedConv::serves(x)) {
      return at::conv2d(x, kernels.whole, kernels.bias, {1, 1}, {1, 1});
    }
    return fused_(x,
                  {.sources = parameters(),
                   .weight = [&] { return kernels.whole; },
                   .bias = kernels.bias,
                   .shape = {.padding = 1}},
                  {});
  };
  return at::pixel_shuffle(run(), scale_);
}

// The last convolutions pad the enlarged features with zeros where one kernel of both sees what the
// transposed one would give a pixel beyond the image: a ring, of which each side is an enlarged row
// or column.
void CubeTailImpl::take_off_border(at::Tensor& y, const at::Tensor& x,
                                   const Kernels& kernels) const {
  for (const bool last : {false, true}) {
    const auto side = [last](const at::Tensor& t, int64_t dim) {
      return t.narrow(dim, last ? t.size(dim) - 1 : 0, 1);
    };
    // the corners are those of the rows
    const auto row = at::conv_transpose2d(side(x, 2), side(kernels.enlarge, 2), enlarge_->bias(),
                                          {1, scale_});  // [N, C, 1, s W + 2]
    const auto column = at::conv_transpose2d(side(x, 3), side(kernels.enlarge, 3), enlarge_->bias(),
                                             {scale_, 1}, {1, 0});
    side(y, 2).sub_(at::conv2d(row, side(kernels.shares, 2)));
    side(y, 3).sub_(at::conv2d(column, side(kernels.shares, 3), {}, {1, 1}, {1, 0}));
  }
}

at::Tensor CubeTailImpl::forward(const at::Tensor& x, int64_t bands) {
  const auto kernels = this->kernels();
  const auto beside = with_neighbours(x, bands, kTaps);
  auto y = convolve(beside, kernels);
  take_off_border(y, beside, kernels);
  return sum_of_neighbours(y, bands) + last_.back()->bias();
}

}  // namespace hyperlift::nn
