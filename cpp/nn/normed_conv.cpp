#include "nn/normed_conv.h"

#include <cmath>

namespace hyperlift::nn {

namespace {

int64_t size_of(const std::vector<int64_t>& kernel) {
  int64_t size = 1;
  for (const int64_t side : kernel) size *= side;
  return size;
}

// [B * L, C, H, W] -> [B, C, L, H * W], a view of channels-last memory
at::Tensor bands_as_rows(const at::Tensor& x, int64_t bands) {
  return x.contiguous(at::MemoryFormat::ChannelsLast)
      .permute({0, 2, 3, 1})
      .reshape({x.size(0) / bands, bands, x.size(2) * x.size(3), x.size(1)})
      .permute({0, 3, 1, 2});
}

at::Tensor rows_as_bands(const at::Tensor& x, int64_t height, int64_t width) {
  return x.contiguous(at::MemoryFormat::ChannelsLast)
      .permute({0, 2, 3, 1})
      .reshape({x.size(0) * x.size(2), height, width, x.size(1)})
      .permute({0, 3, 1, 2});
}

// [B * L, C, H, W] -> [B * L, taps * C, H, W]: each band with its neighbours, zeros beyond the ends.
at::Tensor with_neighbours(const at::Tensor& x, int64_t bands, int64_t taps) {
  const auto cubes = x.unflatten(0, {x.size(0) / bands, bands});
  const int64_t reach = taps / 2;
  const auto padded = at::constant_pad_nd(cubes, {0, 0, 0, 0, 0, 0, reach, reach});
  std::vector<at::Tensor> shifted;
  for (int64_t tap = 0; tap < taps; ++tap) shifted.push_back(padded.slice(1, tap, tap + bands));
  return at::cat(shifted, 2).flatten(0, 1);
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

at::Tensor NormedConvImpl::weight() const { return at::_weight_norm(v_, g_, 0); }

// As the convolution of images sees it.
at::Tensor NormedConvImpl::image_weight() const {
  const auto w = weight();
  if (w.dim() == 4) return w;
  if (kernel_[0] == 1) return w.squeeze(2);
  if (kernel_[1] == 1 && kernel_[2] == 1) return w.squeeze(4);
  // [out, in, bands, rows, columns] -> [out, bands * in, rows, columns]
  return w.transpose(1, 2).flatten(1, 2);
}

at::Tensor NormedConvImpl::convolve(const at::Tensor& x, const at::Tensor& addend,
                                    const Activation& then) {
  const bool along_bands = kernel_[0] > 1 && kernel_[1] == 1 && kernel_[2] == 1;
  const int64_t rows = (along_bands ? kernel_[0] : kernel_[1]) / 2, columns = kernel_[2] / 2;
  if (FusedConv::serves(x)) {
    return fused_(x,
                  {.sources = {g_, v_},
                   .weight = [this] { return image_weight(); },
                   .bias = bias_,
                   .shape = {.padding = rows, .column_padding = columns}},
                  then, addend);
  }
  const auto y = at::conv2d(x, image_weight(), bias_, {1, 1}, {rows, columns});
  return then.in_place(addend.defined() ? y + addend : y);
}

at::Tensor NormedConvImpl::run(const at::Tensor& x, const at::Tensor& addend, int64_t bands,
                               const Activation& then) {
  if (kernel_[0] == 1) return convolve(x, addend, then);
  if (kernel_[1] != 1 || kernel_[2] != 1) {
    return convolve(with_neighbours(x, bands, kernel_[0]), addend, then);
  }
  const auto rows = addend.defined() ? bands_as_rows(addend, bands) : addend;
  return rows_as_bands(convolve(bands_as_rows(x, bands), rows, then), x.size(2), x.size(3));
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
