#include "metrics/cube_scores.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hyperlift {

namespace {

constexpr int64_t kWindow = 7;

// Moments of a pair of images over a window: the five sums that SSIM needs.
struct Moments {
  double e = 0, t = 0, ee = 0, tt = 0, et = 0;

  void add(const Moments& other, double sign) {
    e += sign * other.e;
    t += sign * other.t;
    ee += sign * other.ee;
    tt += sign * other.tt;
    et += sign * other.et;
  }
};

double similarity(const Moments& sum, double range) {
  constexpr double count = kWindow * kWindow;
  constexpr double sample = count / (count - 1);
  const double c1 = std::pow(0.01 * range, 2), c2 = std::pow(0.03 * range, 2);
  const double e = sum.e / count, t = sum.t / count;
  const double var_e = sample * (sum.ee / count - e * e);
  const double var_t = sample * (sum.tt / count - t * t);
  const double cov = sample * (sum.et / count - e * t);
  return (2 * e * t + c1) * (2 * cov + c2) / ((e * e + t * t + c1) * (var_e + var_t + c2));
}

// Sums of one row's pixels over kWindow rows, column by column.
template <class T>
void column_sums(const T* estimate, const T* truth, int64_t top, int64_t width, bool clip,
                 std::vector<Moments>& columns) {
  std::fill(columns.begin(), columns.end(), Moments());
  for (int64_t y = top; y < top + kWindow; ++y) {
    for (int64_t x = 0; x < width; ++x) {
      double e = estimate[y * width + x];
      if (clip && !std::isnan(e)) e = std::clamp(e, 0.0, 1.0);
      const double t = truth[y * width + x];
      columns[x].add({e, t, e * e, t * t, e * t}, 1.0);
    }
  }
}

}  // namespace

template <class T>
std::vector<double> uniform_ssim(const T* estimate, const T* truth, int64_t height, int64_t width,
                                 bool clip, const std::vector<double>& ranges) {
  if (ranges.empty()) return {};
  if (height < kWindow || width < kWindow) {
    return std::vector<double>(ranges.size(), std::numeric_limits<double>::quiet_NaN());
  }
  std::vector<double> sums(ranges.size());
  std::vector<Moments> columns(width);
  for (int64_t top = 0; top + kWindow <= height; ++top) {
    column_sums(estimate, truth, top, width, clip, columns);
    for (int64_t left = 0; left + kWindow <= width; ++left) {
      // Added afresh for each window: a running sum would carry its rounding along the row.
      Moments window;
      for (int64_t x = left; x < left + kWindow; ++x) window.add(columns[x], 1.0);
      for (size_t i = 0; i < ranges.size(); ++i) sums[i] += similarity(window, ranges[i]);
    }
  }
  const auto windows = static_cast<double>((height - kWindow + 1) * (width - kWindow + 1));
  for (double& sum : sums) sum /= windows;
  return sums;
}

template std::vector<double> uniform_ssim<float>(const float*, const float*, int64_t, int64_t, bool,
                                                 const std::vector<double>&);
template std::vector<double> uniform_ssim<double>(const double*, const double*, int64_t, int64_t,
                                                  bool, const std::vector<double>&);

}  // namespace hyperlift
