#include "metrics/cube_scores.h"
#include "metrics/window_moments.h"
#include "ops/vector_clones.h"

#include <array>
#include <cmath>
#include <limits>

namespace hyperlift {

namespace {

constexpr int64_t kReach = 5;
constexpr int64_t kWindow = 2 * kReach + 1;
constexpr size_t kMoments = 5;

// A quarter of a window: the weight at distance [dy][dx] from its centre.
using Taps = std::array<std::array<double, kReach + 1>, kReach + 1>;

// As the Python scripts have it, in float32: its sum is off 1 by 8e-8, which the scores show, and
// comes of one library's exponential and order of summing, so that no formula gives it.
constexpr std::array<std::array<float, kReach + 1>, kReach + 1> kSingleTaps = {{
    {0.0707622319F, 0.0566619635F, 0.0290912259F, 0.00957662705F, 0.00202135858F, 0.000273561192F},
    {0.0566619635F, 0.0453713574F, 0.0232944302F, 0.00766836293F, 0.00161857752F, 0.000219050664F},
    {0.0290912259F, 0.0232944302F, 0.0119597586F, 0.00393706933F, 0.000831005163F, 0.000112464317F},
    {0.00957662705F, 0.00766836293F, 0.00393706933F, 0.0012960555F, 0.000273561192F,
     3.70224807e-05F},
    {0.00202135858F, 0.00161857752F, 0.000831005163F, 0.000273561192F, 5.77411156e-05F,
     7.81441486e-06F},
    {0.000273561192F, 0.000219050664F, 0.000112464317F, 3.70224807e-05F, 7.81441486e-06F,
     1.05756612e-06F},
}};

Taps taps_of(GaussianWindow window) {
  Taps taps = {};
  double sum = 0;
  for (size_t dy = 0; dy <= kReach; ++dy) {
    for (size_t dx = 0; dx <= kReach; ++dx) {
      const auto square = static_cast<double>(dy * dy + dx * dx);
      taps[dy][dx] = window == GaussianWindow::single_precision
                         ? kSingleTaps[dy][dx]
                         : std::exp(-square / (2 * 1.5 * 1.5));
      sum += taps[dy][dx] * (dy == 0 ? 1 : 2) * (dx == 0 ? 1 : 2);
    }
  }
  if (window == GaussianWindow::single_precision) return taps;
  for (auto& row : taps) {
    for (double& tap : row) tap /= sum;
  }
  return taps;
}

// sums[x] += weighted sum of the window's row at in[x] to in[x + 10].
HYPERLIFT_CLONES void add_row(const double* in, const double* taps, int64_t outputs, double* sums) {
  for (int64_t x = 0; x < outputs; ++x) {
    const double* const at = in + x + kReach;
    double sum = taps[0] * at[0];
    for (int64_t d = 1; d <= kReach; ++d) sum += taps[d] * (at[-d] + at[d]);
    sums[x] += sum;
  }
}

using Planes = std::array<std::vector<double>, kMoments>;

template <class T>
void add_moments(const T* estimate, const T* truth, int64_t width, bool clip, Planes& rows) {
  for (int64_t x = 0; x < width; ++x) {
    const double e = clipped(estimate[x], clip);
    const double t = truth[x];
    rows[0][x] += e;
    rows[1][x] += t;
    rows[2][x] += e * e;
    rows[3][x] += t * t;
    rows[4][x] += e * t;
  }
}

double similarity(const Planes& sums, int64_t x, GaussianWindow window) {
  constexpr double c1 = 0.01 * 0.01, c2 = 0.03 * 0.03;
  const double e = sums[0][x], t = sums[1][x];
  const double variances = sums[2][x] - e * e + (sums[3][x] - t * t);
  double above = (2 * e * t + c1) * (2 * (sums[4][x] - e * t) + c2);
  if (window == GaussianWindow::single_precision) above = static_cast<float>(above);
  return above / ((e * e + t * t + c1) * (variances + c2));
}

Planes planes_of(int64_t width) {
  Planes planes;
  planes.fill(std::vector<double>(width));
  return planes;
}

void clear(Planes& planes) {
  for (auto& plane : planes) std::fill(plane.begin(), plane.end(), 0.0);
}

}  // namespace

template <class T>
double gaussian_ssim(const T* estimate, const T* truth, int64_t height, int64_t width, bool clip,
                     GaussianWindow window) {
  if (height < kWindow || width < kWindow) return std::numeric_limits<double>::quiet_NaN();
  const Taps taps = taps_of(window);
  const int64_t outputs = width - kWindow + 1;
  Planes rows = planes_of(width), sums = planes_of(outputs);
  double total = 0;
  for (int64_t y = kReach; y < height - kReach; ++y) {
    clear(sums);
    for (int64_t dy = 0; dy <= kReach; ++dy) {
      // The two rows that have the same weights are added first.
      clear(rows);
      add_moments(estimate + (y - dy) * width, truth + (y - dy) * width, width, clip, rows);
      if (dy > 0) {
        add_moments(estimate + (y + dy) * width, truth + (y + dy) * width, width, clip, rows);
      }
      for (size_t i = 0; i < kMoments; ++i) {
        add_row(rows[i].data(), taps[static_cast<size_t>(dy)].data(), outputs, sums[i].data());
      }
    }
    for (int64_t x = 0; x < outputs; ++x) total += similarity(sums, x, window);
  }
  return total / static_cast<double>((height - kWindow + 1) * outputs);
}

template double gaussian_ssim<float>(const float*, const float*, int64_t, int64_t, bool,
                                     GaussianWindow);
template double gaussian_ssim<double>(const double*, const double*, int64_t, int64_t, bool,
                                      GaussianWindow);

}  // namespace hyperlift
