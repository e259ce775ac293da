// Where an unsupervised run starts from: the smoothest cube that has the colours of the image.
#pragma once

#include "core/torch.h"

namespace hyperlift {

// The matrix S [C, K] of the smoothest metamer: y = S x has the colours x = R^T y and, among all
// such spectra, the least sum of squared differences between neighbouring bands. With D the first
// differences, S = L^-1 R (R^T L^-1 R)^-1, L = D^T D (a Lagrange condition; a small multiple of the
// identity makes L regular). response: [C, K], columns summing to 255. The result has its dtype,
// float64 at least.
at::Tensor smoothest_metamer(const at::Tensor& response);

// mean |y - S x| over the batch. cube: [B, C, H, W]; rgb: [B, K, H, W]; metamer: [C, K].
at::Tensor smooth_start_loss(const at::Tensor& cube, const at::Tensor& rgb,
                             const at::Tensor& metamer);

}  // namespace hyperlift
