#include "data/reduction.h"

#include "core/error.h"
#include "ops/imresize.h"

namespace hyperlift {

namespace {

at::Tensor shrunk(const at::Tensor& cubes, int64_t scale) {
  const double factor = 1.0 / static_cast<double>(scale);
  const ResizeTarget target{.height = cubes.size(-2) / scale,
                            .width = cubes.size(-1) / scale,
                            .vertical = factor,
                            .horizontal = factor};
  return imresize(cubes, target, ResizeStyle::matlab);
}

// planes: [N, H, W] of float64, every result by `border` but those within the outermost ring.
at::Tensor filtered(const at::Tensor& planes, const MirroredFilter& filter,
                    const std::optional<MirroredFilter>& border) {
  if (!border) return mirrored_filter(planes, filter);
  auto result = mirrored_filter(planes, *border);
  if (result.size(1) < 3 || result.size(2) < 3) return result;
  const auto inside = [](const at::Tensor& x) { return x.slice(1, 1, -1).slice(2, 1, -1); };
  inside(result).copy_(inside(mirrored_filter(planes, filter)));
  return result;
}

}  // namespace

void check_reduction(const Reduction& reduction, int64_t patch) {
  const int64_t scale = reduction.scale;
  if (scale < 1 || patch % scale != 0) {
    fail("CONFIG_PATCH", "patch is ", patch, ", expected a multiple of the scale, ", scale);
  }
  if (!(reduction.noise >= 0)) {
    fail("CONFIG_CAMERA", "noise is ", reduction.noise, ", expected 0 or more");
  }
  const bool fits =
      !reduction.blur || reduction.blur->stride == 1 || reduction.blur->stride == scale;
  if (!fits || (reduction.border && reduction.border->stride != scale)) {
    fail("CONFIG_CAMERA", "a blur has another stride than 1 or the scale, ", scale);
  }
}

at::Tensor reduced(const at::Tensor& cubes, const Reduction& reduction) {
  if (!reduction.blur) return shrunk(cubes, reduction.scale);
  // [B, bands, H, W] -> [B * bands, H, W]: a band is a plane to the filter.
  const auto planes = cubes.flatten(0, 1).to(at::kDouble);
  const auto blurred = filtered(planes, *reduction.blur, reduction.border);
  const bool small = reduction.blur->stride > 1 || reduction.scale == 1;
  const auto low = small ? blurred : shrunk(blurred, reduction.scale);
  return low.to(at::kFloat).unflatten(0, {cubes.size(0), cubes.size(1)});
}

}  // namespace hyperlift
