#include "train/losses/colour.h"

namespace hyperlift {

at::Tensor colour_loss(const at::Tensor& cube, const at::Tensor& rgb, const at::Tensor& response,
                       bool shift) {
  constexpr double full_scale = 255.0;
  const auto weights = response / full_scale;              // [C, K]
  auto colour = at::matmul(weights.t(), cube.flatten(2));  // [B, C, H*W] -> [B, K, H*W]
  // F^T (y - m) = F^T y - m F^T 1: the minimum is taken off three bands instead of all.
  if (shift) colour = colour - cube.min() * weights.sum(0).unsqueeze(1);
  return (colour - rgb.flatten(2)).abs().mean();
}

}  // namespace hyperlift
