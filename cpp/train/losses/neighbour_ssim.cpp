#include "train/losses/neighbour_ssim.h"

#include "core/error.h"

#include <algorithm>

namespace hyperlift {

namespace {

// The valid 1-D Gaussian convolution of `size` pixels as a banded matrix [size, size - window + 1].
// As a matrix product it runs at the speed of GEMM for every band at once; a depthwise convolution
// of one band has nothing to reuse.
at::Tensor blur_matrix(int64_t size, int64_t window, const at::TensorOptions& options) {
  constexpr double sigma = 1.5;
  const int64_t middle = window / 2;
  auto weights = at::arange(window, at::kDouble) - static_cast<double>(middle);
  weights = (weights.square() / (-2 * sigma * sigma)).exp();
  weights = weights / weights.sum();
  const int64_t positions = size - window + 1;
  auto matrix = at::zeros({size, positions}, at::kDouble);
  for (int64_t k = 0; k < window; ++k) {
    matrix.diagonal(-k).slice(0, 0, positions).fill_(weights[k].item<double>());
  }
  return matrix.to(options);
}

// [.., H, W] -> [.., H - window + 1, W - window + 1]
at::Tensor blur(const at::Tensor& x, int64_t window) {
  const auto across = blur_matrix(x.size(-1), window, x.options().requires_grad(false));
  const auto down = blur_matrix(x.size(-2), window, x.options().requires_grad(false));
  return at::matmul(down.t(), at::matmul(x, across));
}

// L of each pair, [1, C - 1, 1, 1]: data dependent, not differentiated.
at::Tensor data_range(const at::Tensor& first) {
  const at::NoGradGuard no_grad;
  const auto largest = first.amax({0, 2, 3}, true);
  const auto smallest = first.amin({0, 2, 3}, true);
  return at::where(largest > 128, 255.0, 1.0) + at::where(smallest < -0.5, 1.0, 0.0);
}

}  // namespace

at::Tensor neighbour_ssim(const at::Tensor& cube) {
  const int64_t pairs = cube.size(1) - 1;
  if (pairs < 1) {
    fail("TENSOR_SHAPE", "bandSsim: found a cube of shape ", cube.sizes(),
         ", expected [batch, bands, height, width] with two bands or more");
  }
  const int64_t window = std::min({int64_t{11}, cube.size(2), cube.size(3)});
  const auto y = cube.contiguous();
  const auto first = [&](const at::Tensor& x) { return x.slice(1, 0, pairs); };
  const auto second = [&](const at::Tensor& x) { return x.slice(1, 1, pairs + 1); };

  // Means, squares and neighbour products of all bands in one blur: [B, C + C + C - 1, H, W]
  const auto moments = blur(at::cat({y, y.square(), first(y) * second(y)}, 1), window);
  const auto parts = moments.split_with_sizes({pairs + 1, pairs + 1, pairs}, 1);
  const auto& mean = parts[0];
  const auto mean_square = mean.square();
  const auto variance = parts[1] - mean_square;
  const auto mean_product = first(mean) * second(mean);
  const auto covariance = parts[2] - mean_product;

  const auto range = data_range(first(y)).to(y.scalar_type());
  const auto c1 = (0.01 * range).square();
  const auto c2 = (0.03 * range).square();
  const auto map =
      (2 * mean_product + c1) * (2 * covariance + c2) /
      ((first(mean_square) + second(mean_square) + c1) * (first(variance) + second(variance) + c2));
  return map.mean({0, 2, 3});
}

}  // namespace hyperlift
