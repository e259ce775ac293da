#include "metrics/cube_scores.h"

#include "core/error.h"
#include "core/parallel.h"
#include "metrics/window_moments.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hyperlift {

namespace {

struct RowSums {
  std::vector<BandSums> bands;
  double angle = 0;
  int64_t angle_pixels = 0;
  std::vector<AngleSum> angles = {};
};

BandSums& operator+=(BandSums& to, const BandSums& from) {
  to.squared_error += from.squared_error;
  to.absolute_error += from.absolute_error;
  to.relative_error += from.relative_error;
  to.floored += from.floored;
  to.product += from.product;
  to.estimate_square += from.estimate_square;
  to.truth_square += from.truth_square;
  to.truth += from.truth;
  to.estimate += from.estimate;
  to.truth_most = std::max(to.truth_most, from.truth_most);
  to.error_beside_one += from.error_beside_one;
  to.divergence += from.divergence;
  return to;
}

// Per pixel of a row, summed over the bands.
struct SpectrumSums {
  std::vector<double> product, estimate, truth, error;
  explicit SpectrumSums(int64_t width)
      : product(width), estimate(width), truth(width), error(width) {}
};

template <class T>
BandSums add_band_row(const T* estimate, const T* truth, int64_t width,
                      const CubeScoreOptions& options, SpectrumSums& pixel) {
  BandSums sums;
  for (int64_t x = 0; x < width; ++x) {
    const double t = truth[x];
    const double e = clipped(estimate[x], options.clip);
    const double difference = e - t;
    const bool below = t < options.mrae_floor;
    sums.squared_error += difference * difference;
    sums.absolute_error += std::abs(difference);
    sums.relative_error += std::abs(difference) / (below ? options.mrae_floor : t);
    sums.floored += below ? 1 : 0;
    sums.product += e * t;
    sums.estimate_square += e * e;
    sums.truth_square += t * t;
    sums.truth += t;
    sums.estimate += e;
    sums.truth_most = std::max(sums.truth_most, t);
    sums.error_beside_one += std::abs(difference) / (t + 1);
    if (options.divergence) sums.divergence += difference * std::log10((e + 1e-3) / (t + 1e-3));
    pixel.product[x] += e * t;
    pixel.estimate[x] += e * e;
    pixel.truth[x] += t * t;
    pixel.error[x] += difference * difference;
  }
  return sums;
}

// The angle of each pixel; sqrt(a a) is a in IEEE arithmetic, so that equal spectra have an angle
// of exactly 0.
void add_angles(const SpectrumSums& pixel, RowSums& row, float* angles, float* errors) {
  const auto width = static_cast<int64_t>(pixel.product.size());
  const auto bands = static_cast<double>(row.bands.size());
  for (int64_t x = 0; x < width; ++x) {
    const double norms = std::sqrt(pixel.estimate[x] * pixel.truth[x]);
    double angle = std::numeric_limits<double>::quiet_NaN();
    if (norms != 0) {
      angle = std::acos(std::clamp(pixel.product[x] / norms, -1.0, 1.0));
      row.angle += angle;
      ++row.angle_pixels;
    }
    if (angles != nullptr) angles[x] = static_cast<float>(angle);
    if (errors != nullptr) errors[x] = static_cast<float>(std::sqrt(pixel.error[x] / bands));
  }
}

template <class T>
void sweep_rows(const at::Tensor& estimate, const at::Tensor& truth,
                const CubeScoreOptions& options, CubeScores& scores) {
  const int64_t bands = truth.size(0), height = truth.size(1), width = truth.size(2);
  const T* const e = estimate.const_data_ptr<T>();
  const T* const t = truth.const_data_ptr<T>();
  float* const angles = options.maps ? scores.angle_map.mutable_data_ptr<float>() : nullptr;
  float* const errors = options.maps ? scores.rmse_map.mutable_data_ptr<float>() : nullptr;
  std::vector<RowSums> rows(height);
  at::parallel_for(0, height, 1, [&](int64_t begin, int64_t end) {
    for (int64_t y = begin; y < end; ++y) {
      SpectrumSums pixel(width);
      for (int64_t band = 0; band < bands; ++band) {
        const int64_t at = (band * height + y) * width;
        rows[y].bands.push_back(add_band_row(e + at, t + at, width, options, pixel));
      }
      add_angles(pixel, rows[y], options.maps ? angles + y * width : nullptr,
                 options.maps ? errors + y * width : nullptr);
      const PixelRun<T> e_row = {e + y * width, height * width};
      const PixelRun<T> t_row = {t + y * width, height * width};
      for (const AngleRule& rule : options.angles) {
        rows[y].angles.push_back(sum_angles(e_row, t_row, bands, width, options.clip, rule));
      }
    }
  });
  for (const RowSums& row : rows) {
    for (int64_t band = 0; band < bands; ++band) scores.bands[band] += row.bands[band];
    scores.angle += row.angle;
    scores.angle_pixels += row.angle_pixels;
    for (size_t i = 0; i < row.angles.size(); ++i) {
      scores.angles[i].radians += row.angles[i].radians;
      scores.angles[i].pixels += row.angles[i].pixels;
    }
  }
}

template <class T>
void sweep_bands(const at::Tensor& estimate, const at::Tensor& truth,
                 const CubeScoreOptions& options, CubeScores& scores) {
  const int64_t bands = truth.size(0), height = truth.size(1), width = truth.size(2);
  const T* const e = estimate.const_data_ptr<T>();
  const T* const t = truth.const_data_ptr<T>();
  scores.ssim.assign(options.ssim_ranges.size(), std::vector<double>(bands));
  scores.gaussian_ssim.assign(options.windows.size(), std::vector<double>(bands));
  if (options.quality) scores.quality.resize(bands);
  at::parallel_for(0, bands, 1, [&](int64_t begin, int64_t end) {
    for (int64_t band = begin; band < end; ++band) {
      const int64_t at = band * height * width;
      const auto means =
          uniform_ssim(e + at, t + at, height, width, options.clip, options.ssim_ranges);
      for (size_t range = 0; range < means.size(); ++range) scores.ssim[range][band] = means[range];
      for (size_t i = 0; i < options.windows.size(); ++i) {
        scores.gaussian_ssim[i][band] =
            gaussian_ssim(e + at, t + at, height, width, options.clip, options.windows[i]);
      }
      if (options.quality) {
        scores.quality[band] = quality_index(e + at, t + at, height, width, options.clip);
      }
    }
  });
}

at::Tensor on_cpu(const at::Tensor& cube, bool both_float) {
  return cube.detach().to(at::kCPU, both_float ? at::kFloat : at::kDouble).contiguous();
}

void check_cubes(const at::Tensor& estimate, const at::Tensor& truth) {
  if (estimate.dim() != 3 || truth.dim() != 3 || estimate.sizes() != truth.sizes()) {
    fail("TENSOR_SHAPE", "scores: found cubes of shapes ", estimate.sizes(), " and ", truth.sizes(),
         ", expected two of one shape [bands, height, width]");
  }
  if (!at::isFloatingType(estimate.scalar_type()) || !at::isFloatingType(truth.scalar_type())) {
    fail("TENSOR_DTYPE", "scores: found cubes of dtypes ", estimate.scalar_type(), " and ",
         truth.scalar_type(), ", expected floating point, scaled to [0, 1]");
  }
}

}  // namespace

CubeScores cube_scores(const at::Tensor& estimate, const at::Tensor& truth,
                       const CubeScoreOptions& options) {
  check_cubes(estimate, truth);
  // Float32 values are exact in double; only a float64 cube needs the wider copy.
  const bool both_float =
      estimate.scalar_type() != at::kDouble && truth.scalar_type() != at::kDouble;
  const auto e = on_cpu(estimate, both_float);
  const auto t = on_cpu(truth, both_float);
  CubeScores scores;
  scores.pixels = t.size(1) * t.size(2);
  scores.bands.resize(t.size(0));
  scores.angles.resize(options.angles.size());
  if (options.maps) {
    scores.angle_map = at::empty({t.size(1), t.size(2)}, at::kFloat);
    scores.rmse_map = at::empty_like(scores.angle_map);
  }
  if (both_float) {
    sweep_rows<float>(e, t, options, scores);
    sweep_bands<float>(e, t, options, scores);
  } else {
    sweep_rows<double>(e, t, options, scores);
    sweep_bands<double>(e, t, options, scores);
  }
  return scores;
}

}  // namespace hyperlift
