// Correlation of every band with one small kernel, edges mirrored: blur and point-spread functions.
#pragma once

#include "core/torch.h"

namespace hyperlift {

struct MirroredFilter {
  std::vector<double> weights;  // [height][width]
  int64_t height = 1;
  int64_t width = 1;
  int64_t stride = 1;
  // Where the kernel's first tap lies from the first pixel of an output's block: at most 0.
  int64_t row_offset = 0;
  int64_t column_offset = 0;
};

// cube: [bands, H, W] of float64 -> [bands, H / stride, W / stride]. Throws TENSOR_DTYPE,
// TENSOR_SHAPE.
at::Tensor mirrored_filter(const at::Tensor& cube, const MirroredFilter& filter);

}  // namespace hyperlift
