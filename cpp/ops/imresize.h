// Bicubic resampling with anti-aliasing, as the programs do it whose results the field compares.
#pragma once

#include "core/torch.h"

namespace hyperlift {

// matlab: imresize(A, scale) of the Image Processing Toolbox, mirrored at the borders.
// pillow: Image.resize(size, BICUBIC) of float images, windows cut at the borders.
enum class ResizeStyle { matlab, pillow };

struct ResizeTarget {
  int64_t height = 0;
  int64_t width = 0;
  // Factors that MATLAB's kernel is stretched by: as given, or size over size. Pillow takes sizes.
  double vertical = 1;
  double horizontal = 1;
};

// x: [..., H, W], floating -> [..., height, width]. Sums are taken in double; each pass is rounded
// to x's type. Differentiable once.
at::Tensor imresize(const at::Tensor& x, const ResizeTarget& target, ResizeStyle style);

// To `scale` times height and width.
at::Tensor imresize(const at::Tensor& x, int64_t scale, ResizeStyle style);

}  // namespace hyperlift
