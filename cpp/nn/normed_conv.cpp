#include "nn/normed_conv.h"

#include "nn/band_layout.h"

#include <cmath>

namespace hyperlift::nn {

namespace {

int64_t size_of(const std::vector<int64_t>& kernel) {
  int64_t size = 1;
  for (const int64_t side : kernel) size *= side;
  return size;
}

}  // namespace

NormedConvImpl::NormedConvImpl(int64_t in, int64_t out, std::vector<int64_t> kernel)
    : kernel_(std::move(kernel)) {
  std::vector<int64_t> shape = {out, in};
  shape.insert(shape.end(), kernel_.begin(), kernel_.end());
  std::vector<int64_t> norms(shape.size(), 1);
  norms[0] = out;
  const double bound = 1 / std::sqrt(static_cast<double>(in * size_of(kernel_)));
  bias_ = register_parameter("bias", at::empty({out}));
  g_ = register_parameter("weight_g", at::empty(norms));
  v_ = register_parameter("weight_v", at::empty(shape));
  const at::NoGradGuard no_grad;
  torch::nn::init::kaiming_uniform_(v_, std::sqrt(5.0));
  bias_.uniform_(-bound, bound);
  g_.copy_(at::norm_except_dim(v_, 2, 0));
  if (kernel_.size() == 2) kernel_.insert(kernel_.begin(), 1);
}

void NormedConvImpl::start_at_zero() {
  const at::NoGradGuard no_grad;
  g_.zero_();
  bias_.zero_();
}

at::Tensor NormedConvImpl::weight() const { return at::_weight_norm(v_, g_, 0); }

// As the convolution of images sees it.
at::Tensor NormedConvImpl::image_weight() const {
  auto w = weight();
  if (w.dim() == 4) return w;
  if (kernel_[0] == 1) return w.squeeze(2);
  if (kernel_[2] == 1) return w.squeeze(4);
  if (kernel_[1] == 1) return w.squeeze(3);
  // [out, in, bands, rows, columns] -> [out, bands * in, rows, columns]
  return w.transpose(1, 2).flatten(1, 2);
}

// Bands and rows: images of L rows and H * W columns, in which the row above is W columns away.
// Bands and columns: images of L * H rows, in which the band before is H rows away. Zeros beyond
// the ends are the padding in both.
NormedConvImpl::Fold NormedConvImpl::fold(const at::Tensor& x, int64_t bands) const {
  const int64_t height = x.size(2), width = x.size(3), cubes = x.size(0) / bands;
  const int64_t along_bands = kernel_[0] / 2, down = kernel_[1] / 2, right = kernel_[2] / 2;
  if (along_bands > 0 && right == 0) {
    return {.shape = {cubes, bands, height * width},
            .padding = {along_bands, down * width},
            .dilation = {1, down > 0 ? width : 1}};
  }
  if (along_bands > 0 && down == 0) {
    return {.shape = {cubes, bands * height, width},
            .padding = {along_bands * height, right},
            .dilation = {height, 1}};
  }
  return {.shape = {x.size(0), height, width}, .padding = {down, right}, .dilation = {1, 1}};
}

at::Tensor NormedConvImpl::convolve(const at::Tensor& x, const at::Tensor& addend, const Fold& fold,
                                    const Activation& then) {
  const bool dense = fold.dilation[0] == 1 && fold.dilation[1] == 1;
  if (dense && FusedConv::serves(x)) {
    return fused_(x,
                  {.sources = {g_, v_},
                   .weight = [this] { return image_weight(); },
                   .bias = bias_,
                   .shape = {.padding = fold.padding[0], .column_padding = fold.padding[1]}},
                  then, addend);
  }
  const auto y = at::conv2d(x, image_weight(), bias_, {1, 1}, fold.padding, fold.dilation);
  return then.in_place(addend.defined() ? add_to(y, addend) : y);
}

at::Tensor NormedConvImpl::run(const at::Tensor& x, const at::Tensor& addend, int64_t bands,
                               const Activation& then) {
  const auto fold = this->fold(x, bands);
  if (kernel_[0] == 1) return convolve(x, addend, fold, then);  // an image in whatever layout
  const bool volume = kernel_[0] > 1 && kernel_[1] > 1 && kernel_[2] > 1;
  const auto y = convolve(refold(volume ? with_neighbours(x, bands, kernel_[0]) : x, fold.shape),
                          addend.defined() ? refold(addend, fold.shape) : addend, fold, then);
  return refold(y, {x.size(0), x.size(2), x.size(3)});
}

at::Tensor NormedConvImpl::forward(const at::Tensor& x, int64_t bands, const Activation& then) {
  return run(x, {}, bands, then);
}

at::Tensor NormedConvImpl::plus(const at::Tensor& x, const at::Tensor& addend, int64_t bands,
                                const Activation& then) {
  return run(x, addend, bands, then);
}

NormedConv normed_conv(int64_t in, int64_t out, int64_t side) {
  return NormedConv(in, out, std::vector<int64_t>{side, side});
}

NormedConv spatial_conv(int64_t in, int64_t out) {
  return NormedConv(in, out, std::vector<int64_t>{1, 3, 3});
}

NormedConv band_conv(int64_t in, int64_t out) {
  return NormedConv(in, out, std::vector<int64_t>{3, 1, 1});
}

std::vector<int64_t> shuffle_factors(int64_t scale) {
  if (scale == 3) return {3};
  std::vector<int64_t> factors;
  for (; scale > 1; scale /= 2) factors.push_back(2);
  return factors;
}

}  // namespace hyperlift::nn
