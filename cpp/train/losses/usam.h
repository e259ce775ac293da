// Uncertainty-guided band choice of UnSSR: which three bands stand in for red, green and blue in
// the perceptual term.
#pragma once

#include "core/torch.h"

namespace hyperlift {

struct UsamOptions {
  double weight = 1.0;      // the reference's 1x1 convolution, never trained there
  bool per_sample = false;  // one triple for each sample instead of one for the batch
  bool published = false;  // no clamp: a value <= 0 makes its band's score NaN, and NaN comes first
  int64_t count = 3;
};

struct UsamChoice {
  at::Tensor indices;  // int64 [count], or [B, count] per sample; on the CPU
  at::Tensor scores;   // float64 [C], or [B, C] per sample; on the CPU
};

// Entropy of each value, e = -f ln f with f = w y, clamped to f >= 1e-12 unless published. Any
// shape.
at::Tensor entropy_map(const at::Tensor& cube, const UsamOptions& options);

// cube: [B, C, H, W]. With m the mean of e over batch and pixels and h the mean over the batch of
// each sample's floor(HW / 2) largest e, the score of a band is 2 (h - m); the bands of the largest
// scores, in descending order, ties to the lower band, NaN last (default) or first (published). No
// gradient. Throws TENSOR_SHAPE. Leng et al., IEEE TNNLS 2025; reference class Fore_Back_dis.
UsamChoice usam(const at::Tensor& cube, const UsamOptions& options);

}  // namespace hyperlift
