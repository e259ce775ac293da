#include "train/losses/supervised.h"

#include <algorithm>
#include <cmath>

namespace hyperlift {

at::Tensor mrae_loss(const at::Tensor& prediction, const at::Tensor& truth, double floor) {
  const auto divisor = floor > 0 ? truth.clamp_min(floor) : truth;
  return ((prediction - truth).abs() / divisor).mean();
}

at::Tensor rmse_loss(const at::Tensor& prediction, const at::Tensor& truth) {
  // The gradient of a norm at 0 is 0 in LibTorch, that of a square root infinite.
  const auto count = static_cast<double>(prediction.numel());
  return at::linalg_vector_norm(prediction - truth) / std::sqrt(count);
}

at::Tensor sam_loss(const at::Tensor& prediction, const at::Tensor& truth) {
  constexpr double smallest_norm = 1e-12;
  const auto unit = [&](const at::Tensor& x) {  // [B, C, H, W], divided by its norm over C
    return x / at::linalg_vector_norm(x, 2, at::IntArrayRef{1}, true).clamp_min(smallest_norm);
  };
  const auto norm = [](const at::Tensor& x) {  // [B, C, H, W] -> [B, H, W]
    return at::linalg_vector_norm(x, 2, at::IntArrayRef{1});
  };
  const auto u = unit(prediction);
  const auto v = unit(truth);
  return 2 * at::atan2(norm(u - v), norm(u + v)).mean();
}

namespace {

at::Tensor mean_square_step(const at::Tensor& x, int64_t dim) {
  const auto steps = at::diff(x, 1, dim);
  const auto count = std::max<int64_t>(steps.numel(), 1);
  return steps.square().sum() / static_cast<double>(count);
}

}  // namespace

at::Tensor spatial_variation(const at::Tensor& prediction) {  // [B, C, H, W]
  return mean_square_step(prediction, 2) + mean_square_step(prediction, 3);
}

at::Tensor spectral_variation(const at::Tensor& prediction) {
  return 2 * mean_square_step(prediction, 1);
}

}  // namespace hyperlift
