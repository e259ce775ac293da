#include "ops/spectral_angle.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hyperlift {

namespace {

double angle_of(double product, double a_square, double b_square, const AngleRule& rule) {
  if (rule.single_product) product = static_cast<double>(static_cast<float>(product));
  const double a = std::sqrt(a_square) + rule.norm_epsilon;
  const double b = std::sqrt(b_square) + rule.norm_epsilon;
  const double cosine = (product + rule.product_epsilon) / (a * b + rule.denominator_epsilon);
  return std::acos(std::clamp(cosine, -1.0, 1.0));
}

double value_of(double value, double zero, bool clip) {
  if (clip && !std::isnan(value)) value = std::clamp(value, 0.0, 1.0);
  return value == 0 ? zero : value;
}

}  // namespace

AngleRule fine_angle_rule() {
  constexpr double epsilon = std::numeric_limits<double>::epsilon();
  return {.product_epsilon = epsilon, .norm_epsilon = epsilon};
}

template <class T>
AngleSum sum_angles(const PixelRun<T>& a, const PixelRun<T>& b, int64_t bands, int64_t pixels,
                    bool clip, const AngleRule& rule) {
  std::vector<double> product(pixels), a_square(pixels), b_square(pixels);
  for (int64_t band = 0; band < bands; ++band) {
    const T* const a_values = a.values + band * a.band_stride;
    const T* const b_values = b.values + band * b.band_stride;
    for (int64_t x = 0; x < pixels; ++x) {
      const double a_value = value_of(a_values[x], rule.zero, clip);
      const double b_value = value_of(b_values[x], rule.zero, false);
      product[x] += a_value * b_value;
      a_square[x] += a_value * a_value;
      b_square[x] += b_value * b_value;
    }
  }
  AngleSum sum;
  for (int64_t x = 0; x < pixels; ++x) {
    if (rule.skip_black && (a_square[x] == 0 || b_square[x] == 0)) continue;
    sum.radians += angle_of(product[x], a_square[x], b_square[x], rule);
    ++sum.pixels;
  }
  return sum;
}

template AngleSum sum_angles<float>(const PixelRun<float>&, const PixelRun<float>&, int64_t,
                                    int64_t, bool, const AngleRule&);
template AngleSum sum_angles<double>(const PixelRun<double>&, const PixelRun<double>&, int64_t,
                                     int64_t, bool, const AngleRule&);

}  // namespace hyperlift
