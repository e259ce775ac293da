#include "metrics/cube_scores.h"
#include "metrics/window_moments.h"

#include <limits>

namespace hyperlift {

namespace {

constexpr int64_t kWindow = 8;

// 1 where both images are black; windows without contrast are judged by their means.
double quality(const Moments& sum) {
  constexpr double count = kWindow * kWindow;
  const double means = sum.e * sum.t;
  const double squares = sum.e * sum.e + sum.t * sum.t;
  const double spread = count * (sum.ee + sum.tt) - squares;
  if (spread * squares != 0) {
    return 4 * (count * sum.et - means) * means / (spread * squares);
  }
  return squares != 0 ? 2 * means / squares : 1.0;
}

}  // namespace

template <class T>
double quality_index(const T* estimate, const T* truth, int64_t height, int64_t width, bool clip) {
  if (height < kWindow || width < kWindow) return std::numeric_limits<double>::quiet_NaN();
  double sum = 0;
  each_window(estimate, truth, height, width, clip, kWindow,
              [&](const Moments& window) { sum += quality(window); });
  return sum / static_cast<double>((height - kWindow + 1) * (width - kWindow + 1));
}

template double quality_index<float>(const float*, const float*, int64_t, int64_t, bool);
template double quality_index<double>(const double*, const double*, int64_t, int64_t, bool);

}  // namespace hyperlift
