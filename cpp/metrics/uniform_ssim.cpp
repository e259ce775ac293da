#include "metrics/cube_scores.h"
#include "metrics/window_moments.h"
#include "ops/vector_clones.h"

namespace hyperlift {

namespace {

constexpr int64_t kWindow = 7;

// The five sums over a window, at the same place of each row.
struct Sums {
  const double *e, *t, *ee, *tt, *et;
};

HYPERLIFT_CLONES void similarities(const Sums& sum, double c1, double c2, int64_t count,
                                   double* values) {
  constexpr double pixels = kWindow * kWindow;
  constexpr double sample = pixels / (pixels - 1);
  for (int64_t x = 0; x < count; ++x) {
    const double e = sum.e[x] / pixels, t = sum.t[x] / pixels;
    const double var_e = sample * (sum.ee[x] / pixels - e * e);
    const double var_t = sample * (sum.tt[x] / pixels - t * t);
    const double cov = sample * (sum.et[x] / pixels - e * t);
    values[x] = (2 * e * t + c1) * (2 * cov + c2) / ((e * e + t * t + c1) * (var_e + var_t + c2));
  }
}

}  // namespace

template <class T>
WindowMeans uniform_ssim(const ImagePair<T>& images, const std::vector<double>& ranges) {
  MeanOverWindows mean(ranges.size());
  if (ranges.empty()) return mean.result();
  std::vector<double> values(std::max<int64_t>(images.width - kWindow + 1, 0));
  each_window_row(images, kWindow, [&](const Planes& sums) {
    const Sums sum = {sums[0].data(), sums[1].data(), sums[2].data(), sums[3].data(),
                      sums[4].data()};
    for (size_t i = 0; i < ranges.size(); ++i) {
      const double c1 = 0.01 * ranges[i], c2 = 0.03 * ranges[i];
      similarities(sum, c1 * c1, c2 * c2, static_cast<int64_t>(values.size()), values.data());
      mean.add(i, values);
    }
  });
  return mean.result();
}

template WindowMeans uniform_ssim(const ImagePair<float>&, const std::vector<double>&);
template WindowMeans uniform_ssim(const ImagePair<double>&, const std::vector<double>&);

}  // namespace hyperlift
