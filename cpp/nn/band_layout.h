// Features of a cube as images: [B * L, C, H, W], channels-last, the L bands of a cube one behind
// the other.
#pragma once

#include "core/torch.h"

namespace hyperlift::nn {

// The same memory as images of another shape: [B * L, C, H, W] -> [batch, C, rows, columns], where
// batch * rows * columns = B * L * H * W. {B, L, H * W} makes the bands the rows of an image.
struct ImageShape {
  int64_t batch;
  int64_t rows;
  int64_t columns;
};
at::Tensor refold(const at::Tensor& x, const ImageShape& shape);

// [B * L, C, H, W] -> [B * L, taps * C, H, W]: each band between its neighbours, from the lowest to
// the highest; zeros beyond the ends of a cube.
at::Tensor with_neighbours(const at::Tensor& x, int64_t bands, int64_t taps);

// The other way: each band's share in itself and its neighbours, summed where it belongs.
// [B * L, taps, H, W] -> [B, L, H, W]: the sum over k of tap k of band l + k - taps / 2.
at::Tensor sum_of_neighbours(const at::Tensor& x, int64_t bands);

// fresh + other, in the place of `fresh`, which nobody else reads, where no gradient needs it.
at::Tensor add_to(const at::Tensor& fresh, const at::Tensor& other);

}  // namespace hyperlift::nn
