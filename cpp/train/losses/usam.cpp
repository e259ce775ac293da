#include "train/losses/usam.h"

#include "core/error.h"
#include "core/pool.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace hyperlift {

namespace {

struct Means {
  double all = 0;
  double top = 0;
};

// Means of all values and of the k largest. A partial order is enough; NaN would break it, and
// settles the result.
template <class T>
Means means_of(const T* values, int64_t count, int64_t k, std::vector<T>& scratch) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const double sum = std::accumulate(values, values + count, 0.0);
  if (std::isnan(sum)) return {nan, nan};
  scratch.assign(values, values + count);
  std::nth_element(scratch.begin(), scratch.begin() + (k - 1), scratch.end(), std::greater<T>());
  const double top = std::accumulate(scratch.begin(), scratch.begin() + k, 0.0);
  return {sum / static_cast<double>(count), top / static_cast<double>(k)};
}

template <class T>
void sweep_images(const at::Tensor& entropy, int64_t k, at::Tensor& all, at::Tensor& top) {
  const T* const values = entropy.const_data_ptr<T>();
  const int64_t pixels = entropy.size(2);
  auto* const all_out = all.mutable_data_ptr<double>();
  auto* const top_out = top.mutable_data_ptr<double>();
  parallel_for(0, entropy.size(0) * entropy.size(1), 1, [&](int64_t begin, int64_t end) {
    std::vector<T> scratch;
    for (int64_t image = begin; image < end; ++image) {
      const Means means = means_of(values + image * pixels, pixels, k, scratch);
      all_out[image] = means.all;
      top_out[image] = means.top;
    }
  });
}

// 2 (h - m) of each image, [B, C, N] -> [B, C] float64 on the CPU.
at::Tensor image_scores(const at::Tensor& entropy, int64_t k) {
  if (!entropy.is_cpu()) {
    const auto top = std::get<0>(entropy.topk(k, 2, true, false)).mean(2, false, at::kDouble);
    return (2 * (top - entropy.mean(2, false, at::kDouble))).cpu();
  }
  auto all = at::empty({entropy.size(0), entropy.size(1)}, at::kDouble);
  auto top = at::empty_like(all);
  if (entropy.scalar_type() == at::kDouble) {
    sweep_images<double>(entropy, k, all, top);
  } else {
    sweep_images<float>(entropy, k, all, top);
  }
  return 2 * (top - all);
}

void best_bands(const double* scores, int64_t bands, const UsamOptions& options, int64_t* out) {
  std::vector<int64_t> order(bands);
  std::iota(order.begin(), order.end(), int64_t{0});
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    const bool nan_a = std::isnan(scores[a]), nan_b = std::isnan(scores[b]);
    if (nan_a || nan_b) return options.published ? nan_a && !nan_b : nan_b && !nan_a;
    return scores[a] > scores[b];
  });
  std::copy_n(order.begin(), options.count, out);
}

}  // namespace

at::Tensor entropy_map(const at::Tensor& cube, const UsamOptions& options) {
  constexpr double smallest = 1e-12;
  auto f = options.weight == 1.0 ? cube : cube * options.weight;
  if (!options.published) f = f.clamp_min(smallest);
  return -f * f.log();
}

UsamChoice usam(const at::Tensor& cube, const UsamOptions& options) {
  if (cube.dim() != 4 || cube.size(1) < options.count || cube.size(2) * cube.size(3) < 2) {
    fail("TENSOR_SHAPE", "usam: found a cube of shape ", cube.sizes(),
         ", expected [batch, bands, height, width] with ", options.count,
         " bands and two pixels or more");
  }
  const at::NoGradGuard no_grad;
  const auto wide = cube.scalar_type() == at::kDouble ? cube : cube.to(at::kFloat);
  const auto entropy = entropy_map(wide.contiguous().flatten(2), options);  // [B, C, H*W]
  auto scores = image_scores(entropy, entropy.size(2) / 2);                 // [B, C]
  if (!options.per_sample) scores = scores.mean(0, true);
  auto indices = at::empty({scores.size(0), options.count}, at::kLong);
  for (int64_t row = 0; row < scores.size(0); ++row) {
    best_bands(scores.const_data_ptr<double>() + row * scores.size(1), scores.size(1), options,
               indices.mutable_data_ptr<int64_t>() + row * options.count);
  }
  if (options.per_sample) return {indices, scores};
  return {indices.squeeze(0), scores.squeeze(0)};
}

}  // namespace hyperlift
