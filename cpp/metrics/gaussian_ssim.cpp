#include "metrics/cube_scores.h"
#include "metrics/window_moments.h"
#include "ops/vector_clones.h"

#include <array>
#include <cmath>

namespace hyperlift {

namespace {

constexpr int64_t kReach = 5;
constexpr int64_t kWindow = 2 * kReach + 1;

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

// sums[x] = a[x] + b[x]
HYPERLIFT_CLONES void add_pair(const double* a, const double* b, int64_t count, double* sums) {
  for (int64_t x = 0; x < count; ++x) sums[x] = a[x] + b[x];
}

// The five weighted sums over a window, at the same place of each row.
struct Sums {
  const double *e, *t, *ee, *tt, *et;
};

HYPERLIFT_CLONES void similarities(const Sums& sum, bool single, int64_t count, double* values) {
  constexpr double c1 = 0.01 * 0.01, c2 = 0.03 * 0.03;
  for (int64_t x = 0; x < count; ++x) {
    const double e = sum.e[x], t = sum.t[x];
    const double variances = sum.ee[x] - e * e + (sum.tt[x] - t * t);
    const double above = (2 * e * t + c1) * (2 * (sum.et[x] - e * t) + c2);
    values[x] = (single ? static_cast<double>(static_cast<float>(above)) : above) /
                ((e * e + t * t + c1) * (variances + c2));
  }
}

}  // namespace

template <class T>
WindowMeans gaussian_ssim(const ImagePair<T>& images, GaussianWindow window) {
  MeanOverWindows mean(1);
  const int64_t width = images.width, outputs = width - kWindow + 1;
  const int64_t tops = std::min(images.rows, images.height - kWindow + 1);
  if (outputs <= 0 || tops <= 0) return mean.result();
  const Taps taps = taps_of(window);
  const bool single = window == GaussianWindow::single_precision;
  MomentRows<T> rows(images, kWindow);
  Planes sums = planes_of(outputs);
  std::vector<double> pair(width), values(outputs);
  for (int64_t y = kReach; y < tops + kReach; ++y) {
    rows.go_to(y + kReach);
    for (size_t i = 0; i < kMoments; ++i) {
      std::fill(sums[i].begin(), sums[i].end(), 0.0);
      add_row(rows[y][i].data(), taps[0].data(), outputs, sums[i].data());
      for (int64_t dy = 1; dy <= kReach; ++dy) {
        // The two rows that have the same weights are added first.
        add_pair(rows[y - dy][i].data(), rows[y + dy][i].data(), width, pair.data());
        add_row(pair.data(), taps[static_cast<size_t>(dy)].data(), outputs, sums[i].data());
      }
    }
    const Sums sum = {sums[0].data(), sums[1].data(), sums[2].data(), sums[3].data(),
                      sums[4].data()};
    similarities(sum, single, outputs, values.data());
    mean.add(0, values);
  }
  return mean.result();
}

template WindowMeans gaussian_ssim(const ImagePair<float>&, GaussianWindow);
template WindowMeans gaussian_ssim(const ImagePair<double>&, GaussianWindow);

}  // namespace hyperlift
