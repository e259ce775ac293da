// Colour re-projection, the first term of UnSSR.
#pragma once

#include "core/torch.h"

namespace hyperlift {

// css = mean |F^T z / 255 - x|, with z = y - min(y) over the whole batch (gradient flows through
// the minimum), or z = y without `shift`. Leng et al., IEEE TNNLS 2025; reference utils.py,
// LossTrainCSS2. cube y: [B, C, H, W]; rgb x: [B, K, H, W]; response F: [C, K], columns summing to
// 255.
at::Tensor colour_loss(const at::Tensor& cube, const at::Tensor& rgb, const at::Tensor& response,
                       bool shift);

}  // namespace hyperlift
