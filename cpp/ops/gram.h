// Products of an image's channels with each other.
#pragma once

#include "core/torch.h"

namespace hyperlift {

// x: [B, N, C], float32 or bfloat16 -> x^T x: [B, C, C], summed and returned in float32.
// Differentiable.
at::Tensor gram(const at::Tensor& x);

}  // namespace hyperlift
