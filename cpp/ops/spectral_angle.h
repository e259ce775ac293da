// Angles between the spectra of two cubes, under the rules that published scores follow: they part
// at black pixels and in rounding.
#pragma once

#include "core/torch.h"

namespace hyperlift {

// cosine = (<a, b> + product_epsilon) / ((|a| + norm_epsilon) (|b| + norm_epsilon) +
// denominator_epsilon), cut to [-1, 1].
struct AngleRule {
  double zero = 0;  // stands for values that are exactly 0
  double product_epsilon = 0;
  double norm_epsilon = 0;
  double denominator_epsilon = 0;
  bool single_product = false;  // <a, b> is rounded to float32
  bool skip_black = false;      // pixels with an all-zero spectrum do not count
};

// The rule of FineSR's SAM.m; its epsilon is that of double precision.
AngleRule fine_angle_rule();

// A run of pixels of a cube, the values of a pixel `band_stride` apart.
template <class T>
struct PixelRun {
  const T* values = nullptr;
  int64_t band_stride = 0;
};

struct AngleSum {
  double radians = 0;
  int64_t pixels = 0;
};

// Sum over `pixels` pixels; band after band in double. With `clip` the values of a are cut to
// [0, 1] first.
template <class T>
AngleSum sum_angles(const PixelRun<T>& a, const PixelRun<T>& b, int64_t bands, int64_t pixels,
                    bool clip, const AngleRule& rule);

}  // namespace hyperlift
