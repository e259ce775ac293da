// How a low-resolution cube comes from a high-resolution one.
#pragma once

#include "ops/mirrored_filter.h"

namespace hyperlift {

// Bicubic with anti-aliasing (MATLAB's imresize by 1 / scale), then noise of this standard
// deviation.
struct Reduction {
  int64_t scale = 1;
  double noise = 0;
  // Blur beforehand. One whose stride is the scale makes the low-resolution cube by itself, and
  // then `border`, where there is one, its outermost ring.
  std::optional<MirroredFilter> blur;
  std::optional<MirroredFilter> border;
};

// Throws CONFIG_PATCH, CONFIG_CAMERA for what does not fit patches of this side.
void check_reduction(const Reduction& reduction, int64_t patch);

// The low-resolution cubes, without their noise: [B, bands, H, W] -> [B, bands, H / scale,
// W / scale], float32.
at::Tensor reduced(const at::Tensor& cubes, const Reduction& reduction);

}  // namespace hyperlift
