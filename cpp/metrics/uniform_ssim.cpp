#include "metrics/cube_scores.h"
#include "metrics/window_moments.h"

#include <cmath>
#include <limits>

namespace hyperlift {

namespace {

constexpr int64_t kWindow = 7;

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

}  // namespace

template <class T>
std::vector<double> uniform_ssim(const T* estimate, const T* truth, int64_t height, int64_t width,
                                 bool clip, const std::vector<double>& ranges) {
  if (ranges.empty()) return {};
  if (height < kWindow || width < kWindow) {
    return std::vector<double>(ranges.size(), std::numeric_limits<double>::quiet_NaN());
  }
  std::vector<double> sums(ranges.size());
  each_window(estimate, truth, height, width, clip, kWindow, [&](const Moments& window) {
    for (size_t i = 0; i < ranges.size(); ++i) sums[i] += similarity(window, ranges[i]);
  });
  const auto windows = static_cast<double>((height - kWindow + 1) * (width - kWindow + 1));
  for (double& sum : sums) sum /= windows;
  return sums;
}

template std::vector<double> uniform_ssim<float>(const float*, const float*, int64_t, int64_t, bool,
                                                 const std::vector<double>&);
template std::vector<double> uniform_ssim<double>(const double*, const double*, int64_t, int64_t,
                                                  bool, const std::vector<double>&);

}  // namespace hyperlift
