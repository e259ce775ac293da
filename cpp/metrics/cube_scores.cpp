#include "metrics/cube_scores.h"

#include "core/error.h"
#include "core/pool.h"
#include "metrics/value_check.h"
#include "metrics/window_moments.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace hyperlift {

namespace {

struct RowSums {
  std::vector<BandSums> bands;
  int64_t pixels = 0;
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
  to.clipped_error += from.clipped_error;
  return to;
}

// Per pixel of a row, summed over the bands.
struct SpectrumSums {
  std::vector<double> product, estimate, truth, error;
  explicit SpectrumSums(int64_t width)
      : product(width), estimate(width), truth(width), error(width) {}
};

// Pixels of a row from `begin` to below `end`.
struct Run {
  int64_t begin = 0, end = 0;
};

// The pixels of a row that count. `left_out` of the row, or null where all do.
std::vector<Run> runs_of(const bool* left_out, int64_t width) {
  if (left_out == nullptr) return {{0, width}};
  std::vector<Run> runs;
  for (int64_t x = 0; x < width; ++x) {
    if (left_out[x]) continue;
    if (runs.empty() || runs.back().end != x) runs.push_back({x, x});
    ++runs.back().end;
  }
  return runs;
}

template <class T>
BandSums add_band_row(const T* estimate, const T* truth, const Run& run,
                      const CubeScoreOptions& options, SpectrumSums& pixel) {
  BandSums sums;
  for (int64_t x = run.begin; x < run.end; ++x) {
    const double t = truth[x];
    const double e = clipped(estimate[x], options.clip);
    const double difference = e - t;
    const double both_clipped = clipped(e, true) - clipped(t, true);
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
    sums.clipped_error += both_clipped * both_clipped;
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
void add_angles(const SpectrumSums& pixel, const Run& run, RowSums& row, float* angles,
                float* errors) {
  const auto bands = static_cast<double>(row.bands.size());
  for (int64_t x = run.begin; x < run.end; ++x) {
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
RowSums sum_row(const Cubes& cubes, int64_t y, const CubeScoreOptions& options,
                const CubeScores& scores) {
  const int64_t bands = cubes.bands(), height = cubes.height(), width = cubes.width();
  const T* const e = cubes.estimate.const_data_ptr<T>() + y * width;
  const T* const t = cubes.truth.const_data_ptr<T>() + y * width;
  float* const angles =
      options.maps ? scores.angle_map.mutable_data_ptr<float>() + y * width : nullptr;
  float* const errors =
      options.maps ? scores.rmse_map.mutable_data_ptr<float>() + y * width : nullptr;
  RowSums row;
  row.bands.resize(bands);
  row.angles.resize(options.angles.size());
  SpectrumSums pixel(width);
  const bool* const left_out =
      cubes.left_out.defined() ? cubes.left_out.const_data_ptr<bool>() + y * width : nullptr;
  for (const Run& run : runs_of(left_out, width)) {
    const int64_t pixels = run.end - run.begin;
    row.pixels += pixels;
    for (int64_t band = 0; band < bands; ++band) {
      const int64_t at = band * height * width;
      row.bands[band] += add_band_row(e + at, t + at, run, options, pixel);
    }
    add_angles(pixel, run, row, angles, errors);
    for (size_t i = 0; i < options.angles.size(); ++i) {
      const auto sum =
          sum_angles<T>({e + run.begin, height * width}, {t + run.begin, height * width}, bands,
                        pixels, options.clip, options.angles[i]);
      row.angles[i].radians += sum.radians;
      row.angles[i].pixels += sum.pixels;
    }
  }
  return row;
}

template <class T>
void sweep_rows(const Cubes& cubes, const CubeScoreOptions& options, CubeScores& scores) {
  std::vector<RowSums> rows(cubes.rows);
  parallel_for(0, cubes.rows, 1, [&](int64_t begin, int64_t end) {
    for (int64_t y = begin; y < end; ++y) rows[y] = sum_row<T>(cubes, y, options, scores);
  });
  for (const RowSums& row : rows) {
    for (size_t band = 0; band < row.bands.size(); ++band) scores.bands[band] += row.bands[band];
    scores.pixels += row.pixels;
    scores.angle += row.angle;
    scores.angle_pixels += row.angle_pixels;
    for (size_t i = 0; i < row.angles.size(); ++i) {
      scores.angles[i].radians += row.angles[i].radians;
      scores.angles[i].pixels += row.angles[i].pixels;
    }
  }
}

void keep(const WindowMeans& found, int64_t band, size_t first, WindowScores& scores) {
  for (size_t i = 0; i < found.means.size(); ++i) scores.means[first + i][band] = found.means[i];
  if (band == 0) scores.windows = found.windows;
}

template <class T>
void sweep_bands(const Cubes& cubes, const CubeScoreOptions& options, CubeScores& scores) {
  const int64_t bands = cubes.bands(), height = cubes.height(), width = cubes.width();
  const auto start = [bands](size_t definitions) {
    return std::vector<std::vector<double>>(definitions, std::vector<double>(bands));
  };
  scores.ssim.means = start(options.ssim_ranges.size());
  scores.gaussian.means = start(options.windows.size());
  scores.quality.means = start(options.quality ? 1 : 0);
  parallel_for(0, bands, 1, [&](int64_t begin, int64_t end) {
    for (int64_t band = begin; band < end; ++band) {
      const int64_t at = band * height * width;
      const ImagePair<T> images = {cubes.estimate.const_data_ptr<T>() + at,
                                   cubes.truth.const_data_ptr<T>() + at,
                                   height,
                                   width,
                                   cubes.rows,
                                   options.clip};
      keep(uniform_ssim(images, options.ssim_ranges), band, 0, scores.ssim);
      for (size_t i = 0; i < options.windows.size(); ++i) {
        keep(gaussian_ssim(images, options.windows[i]), band, i, scores.gaussian);
      }
      if (options.quality) keep(quality_index(images), band, 0, scores.quality);
    }
  });
}

template <class T>
void sum_cubes(Cubes& cubes, const CubeScoreOptions& options, CubeScores& scores) {
  scores.not_finite = check_values<T>(cubes, options);
  if (scores.not_finite.first >= 0 && !options.skip) return;
  sweep_rows<T>(cubes, options, scores);
  if (cubes.left_out.defined()) {
    // So that the windows that hold such a pixel know it.
    const double nan = std::numeric_limits<double>::quiet_NaN();
    cubes.estimate = cubes.estimate.masked_fill(cubes.left_out, nan);
    cubes.truth = cubes.truth.masked_fill(cubes.left_out, nan);
  }
  sweep_bands<T>(cubes, options, scores);
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
  Cubes cubes = {on_cpu(estimate, both_float), on_cpu(truth, both_float), {}, truth.size(1)};
  if (options.rows) cubes.rows = std::clamp<int64_t>(*options.rows, 0, truth.size(1));
  CubeScores scores;
  scores.bands.resize(truth.size(0));
  scores.angles.resize(options.angles.size());
  if (options.maps) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    scores.angle_map = at::full({truth.size(1), truth.size(2)}, nan, at::kFloat);
    scores.rmse_map = at::full_like(scores.angle_map, nan);
  }
  if (both_float) {
    sum_cubes<float>(cubes, options, scores);
  } else {
    sum_cubes<double>(cubes, options, scores);
  }
  return scores;
}

}  // namespace hyperlift
