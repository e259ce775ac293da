// MFormer's attention: a small map for each pixel, between the channels of its three heads.
#pragma once

#include "core/torch.h"

namespace hyperlift {

enum class PixelOrder {
  pixels,    // row n of the result is pixel n
  published  // the memory of [channel of a head, pixel, head], read as [pixel, channel]
};

// qkv: [B, N, 9 d], the queries of three heads of d channels, then keys, then values -> [B, N, 3
// d]. For each pixel, with unit rows q, k and v' (v over its norm), all [3, d]:
//   M = softmax(v' v'^T), S = softmax((M k)^T (M q)), result = v S.
// Nothing of size d x d is ever in memory. Differentiable.
at::Tensor pixel_attention(const at::Tensor& qkv, PixelOrder order);

}  // namespace hyperlift
