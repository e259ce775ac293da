#include "metrics/cube_scores.h"
#include "metrics/window_moments.h"

namespace hyperlift {

namespace {

constexpr int64_t kWindow = 8;

// 1 where both images are black; windows without contrast are judged by their means.
double quality(const Planes& sums, int64_t x) {
  constexpr double count = kWindow * kWindow;
  const double e = sums[0][x], t = sums[1][x];
  const double means = e * t;
  const double squares = e * e + t * t;
  const double spread = count * (sums[2][x] + sums[3][x]) - squares;
  if (spread * squares != 0) {
    return 4 * (count * sums[4][x] - means) * means / (spread * squares);
  }
  return squares != 0 ? 2 * means / squares : 1.0;
}

}  // namespace

template <class T>
WindowMeans quality_index(const ImagePair<T>& images) {
  MeanOverWindows mean(1);
  std::vector<double> values(std::max<int64_t>(images.width - kWindow + 1, 0));
  each_window_row(images, kWindow, [&](const Planes& sums) {
    for (size_t x = 0; x < values.size(); ++x) values[x] = quality(sums, static_cast<int64_t>(x));
    mean.add(0, values);
  });
  return mean.result();
}

template WindowMeans quality_index(const ImagePair<float>&);
template WindowMeans quality_index(const ImagePair<double>&);

}  // namespace hyperlift
