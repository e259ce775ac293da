// Similarity of neighbouring bands, the second term of UnSSR (Loss_ssim_hyper: 1 - the mean of what
// is below).
#pragma once

#include "core/torch.h"

namespace hyperlift {

// SSIM (Wang et al., IEEE TIP 2004) of each band with the next, each pair over the whole batch: [B,
// C, H, W] -> [C - 1]. Gaussian window of min(11, H, W) pixels, sigma 1.5, valid positions only, no
// sample correction. The data range of a pair follows the reference: from the first band over the
// batch, 255 if it passes 128, else 1, plus 1 if it falls below -0.5. Throws TENSOR_SHAPE for fewer
// than two bands.
at::Tensor neighbour_ssim(const at::Tensor& cube);

}  // namespace hyperlift
