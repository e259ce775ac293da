#include "nn/band_layout.h"

namespace hyperlift::nn {

at::Tensor refold(const at::Tensor& x, const ImageShape& shape) {
  return x.contiguous(at::MemoryFormat::ChannelsLast)
      .permute({0, 2, 3, 1})
      .reshape({shape.batch, shape.rows, shape.columns, x.size(1)})
      .permute({0, 3, 1, 2});
}

at::Tensor with_neighbours(const at::Tensor& x, int64_t bands, int64_t taps) {
  // [B * L, C, H, W] -> [B, L, H, W, C]: in the order of memory, so that whole pixels are copied
  const auto cubes = x.permute({0, 2, 3, 1}).unflatten(0, {x.size(0) / bands, bands});
  const int64_t reach = taps / 2;
  const auto padded = at::constant_pad_nd(cubes, {0, 0, 0, 0, 0, 0, reach, reach});
  std::vector<at::Tensor> shifted;
  for (int64_t tap = 0; tap < taps; ++tap) shifted.push_back(padded.slice(1, tap, tap + bands));
  return at::cat(shifted, 4).flatten(0, 1).permute({0, 3, 1, 2});
}

at::Tensor sum_of_neighbours(const at::Tensor& x, int64_t bands) {
  const auto cubes = x.unflatten(0, {x.size(0) / bands, bands});  // [B, L, taps, H, W]
  const int64_t taps = x.size(1), reach = taps / 2;
  const auto padded = at::constant_pad_nd(cubes, {0, 0, 0, 0, 0, 0, reach, reach});
  auto sum = padded.select(2, 0).slice(1, 0, bands);
  for (int64_t tap = 1; tap < taps; ++tap) {
    sum = sum + padded.select(2, tap).slice(1, tap, tap + bands);
  }
  return sum;
}

at::Tensor add_to(const at::Tensor& fresh, const at::Tensor& other) {
  return at::GradMode::is_enabled() ? fresh + other : fresh.add_(other);
}

}  // namespace hyperlift::nn
