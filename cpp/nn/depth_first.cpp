#include "nn/depth_first.h"

namespace hyperlift::nn {

namespace {

// [D * N, C, H, W] -> [count, C, height, W], a view of channels-last memory
at::Tensor reshaped(const at::Tensor& x, int64_t count, int64_t height) {
  return x.contiguous(at::MemoryFormat::ChannelsLast)
      .permute({0, 2, 3, 1})
      .reshape({count, height, x.size(3), x.size(1)})
      .permute({0, 3, 1, 2});
}

}  // namespace

at::Tensor along_depth(NormedConv& conv, const at::Tensor& x, int64_t depth,
                       const at::Tensor& addend, const Activation& then) {
  // To the convolution the samples of one depth are one tall image: it does not look across rows.
  const int64_t height = x.size(0) / depth * x.size(2);
  const auto volume = reshaped(x, depth, height);
  const auto y = addend.defined() ? conv->plus(volume, reshaped(addend, depth, height), depth, then)
                                  : conv(volume, depth, then);
  return reshaped(y, x.size(0), x.size(2));
}

at::Tensor both_ways(NormedConv& spatial, NormedConv& spectral, const at::Tensor& x, int64_t depth,
                     const at::Tensor& addend, const Activation& then) {
  const auto sum = addend.defined() ? spatial->plus(x, addend) : spatial(x);
  return along_depth(spectral, x, depth, sum, then);
}

}  // namespace hyperlift::nn
