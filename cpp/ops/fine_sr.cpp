#include "ops/fine_sr.h"

#include "core/error.h"
#include "core/pool.h"
#include "ops/imresize.h"
#include "ops/spectral_angle.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace hyperlift {

namespace {

constexpr double kDegrees = 180 / std::numbers::pi;
// Rows of the half cube beyond a strip that its numbers depend on: enlarging reads 2, and each of
// these is made of 8 rows of the full cube, 4 of them beyond its own two.
constexpr int64_t kHalo = 2;

// A strip of rows [from, to) of the half cube.
struct Rows {
  int64_t from = 0;
  int64_t to = 0;

  Rows grown(int64_t height) const {
    return {std::max<int64_t>(0, from - kHalo), std::min(height, to + kHalo)};
  }
  int64_t count() const { return to - from; }
};

at::Tensor in_double(const at::Tensor& cube, const Rows& rows, int64_t factor) {
  return cube.slice(1, factor * rows.from, factor * rows.to).to(at::kDouble);
}

// Rows of imresize(upscaled, 1/2): [bands, rows, w], in double. Mirrored edges of a strip are where
// those of the image are, or in rows that are cut off.
at::Tensor halved(const at::Tensor& upscaled, const Rows& rows) {
  const auto around = rows.grown(upscaled.size(1) / 2);
  const ResizeTarget target = {
      .height = around.count(), .width = upscaled.size(2) / 2, .vertical = 0.5, .horizontal = 0.5};
  return imresize(in_double(upscaled, around, 2), target, ResizeStyle::matlab)
      .slice(1, rows.from - around.from, rows.to - around.from);
}

// Sum of the angles of each row, in radians.
std::vector<double> row_angles_cpu(const at::Tensor& a, const at::Tensor& b) {
  const int64_t height = a.size(1), width = a.size(2);
  std::vector<double> sums(height);
  parallel_for(0, height, 1, [&](int64_t begin, int64_t end) {
    for (int64_t y = begin; y < end; ++y) {
      const PixelRun<double> a_row = {a.const_data_ptr<double>() + y * width, height * width};
      const PixelRun<double> b_row = {b.const_data_ptr<double>() + y * width, height * width};
      sums[y] = sum_angles(a_row, b_row, a.size(0), width, false, fine_angle_rule()).radians;
    }
  });
  return sums;
}

std::vector<double> row_angles(const at::Tensor& a, const at::Tensor& b) {
  if (a.is_cpu()) return row_angles_cpu(a.contiguous(), b.contiguous());
  const double epsilon = fine_angle_rule().norm_epsilon;
  const auto norm = [&](const at::Tensor& x) { return x.square().sum(0).sqrt().add(epsilon); };
  const auto cosine = (a * b).sum(0).add(epsilon) / norm(a) / norm(b);
  const auto sums = cosine.clamp(-1, 1).acos().sum(1).cpu();
  const auto* const values = sums.const_data_ptr<double>();
  return {values, values + sums.numel()};
}

template <class Work>
void each_strip(int64_t height, int64_t rows, const Work& work) {
  const int64_t step = std::max<int64_t>(1, rows / 2);
  for (int64_t from = 0; from < height; from += step) {
    work(Rows{.from = from, .to = std::min(height, from + step)});
  }
}

// Added row by row, so that strips do not show.
double mean_angle(const at::Tensor& upscaled, const at::Tensor& half, int64_t rows) {
  double sum = 0;
  each_strip(half.size(1), rows, [&](const Rows& strip) {
    for (const double row : row_angles(halved(upscaled, strip), in_double(half, strip, 1))) {
      sum += row;
    }
  });
  return kDegrees * sum / static_cast<double>(half.size(1) * half.size(2));
}

void correct(const at::Tensor& upscaled, const at::Tensor& half, double constraint, int64_t rows,
             const at::Tensor& refined) {
  each_strip(half.size(1), rows, [&](const Rows& strip) {
    const auto around = strip.grown(half.size(1));
    const auto error = constraint * (in_double(half, around, 1) - halved(upscaled, around));
    const ResizeTarget target = {
        .height = 2 * around.count(), .width = upscaled.size(2), .vertical = 2, .horizontal = 2};
    const int64_t above = 2 * (strip.from - around.from);
    const auto added =
        imresize(error, target, ResizeStyle::matlab).slice(1, above, above + 2 * strip.count());
    refined.slice(1, 2 * strip.from, 2 * strip.to).copy_(in_double(upscaled, strip, 2) + added);
  });
}

void check_shapes(const at::Tensor& upscaled, const at::Tensor& half) {
  if (upscaled.dim() != 3 || half.dim() != 3) {
    fail("DATA_RANK", "fineSr: found tensors of shapes ", upscaled.sizes(), " and ", half.sizes(),
         ", expected two cubes [bands, height, width]");
  }
  if (upscaled.size(0) != half.size(0)) {
    fail("DATA_BANDS", "fineSr: the upscaled cube has ", upscaled.size(0),
         " bands and the half one ", half.size(0), ", expected as many");
  }
  if (half.numel() == 0 || upscaled.size(1) != 2 * half.size(1) ||
      upscaled.size(2) != 2 * half.size(2)) {
    fail("DATA_SIZE_MISMATCH", "fineSr: the upscaled cube has ", upscaled.size(1), " x ",
         upscaled.size(2), " pixels and the half one ", half.size(1), " x ", half.size(2),
         ", expected twice as many each way");
  }
}

void check_dtypes(const at::Tensor& upscaled, const at::Tensor& half) {
  for (const auto& cube : {upscaled, half}) {
    if (cube.scalar_type() == at::kFloat || cube.scalar_type() == at::kDouble) continue;
    fail("TENSOR_DTYPE", "fineSr: found a cube of ", cube.scalar_type(),
         ", expected float32 or float64");
  }
}

void refuse_not_finite(const char* name, const at::Tensor& cube) {
  const auto places = cube.isfinite().logical_not().nonzero().cpu();
  if (places.size(0) == 0) return;
  const auto* const place = places.const_data_ptr<int64_t>();
  fail("DATA_NOT_FINITE", "fineSr: the ", name, " cube holds NaN or infinity at band ", place[0],
       ", row ", place[1], ", column ", place[2], " (counted from 0), expected finite values");
}

}  // namespace

double fine_sr_constraint(double degrees) { return std::min(degrees, 1.0); }

FineSrResult fine_sr(const at::Tensor& upscaled, const at::Tensor& half,
                     const FineSrOptions& options) {
  check_shapes(upscaled, half);
  check_dtypes(upscaled, half);
  FineSrResult result = {.refined = upscaled, .angles = {}};
  for (int64_t i = 0; i < options.iterations; ++i) {
    const double angle = mean_angle(result.refined, half, options.rows);
    if (!std::isfinite(angle)) {
      refuse_not_finite("upscaled", upscaled);
      refuse_not_finite("half", half);
    }
    // What a later iteration reads stays in double.
    const auto dtype = i + 1 == options.iterations ? upscaled.scalar_type() : at::kDouble;
    const auto next = at::empty(upscaled.sizes(), upscaled.options().dtype(dtype));
    correct(result.refined, half, fine_sr_constraint(angle), options.rows, next);
    result.refined = next;
    result.angles.push_back(angle);
  }
  return result;
}

}  // namespace hyperlift
