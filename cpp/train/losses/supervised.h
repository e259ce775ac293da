// Losses against a true cube. prediction and truth: [B, C, H, W] of one shape, any memory format;
// scalars out.
#pragma once

#include "core/torch.h"

namespace hyperlift {

// mean |y - t| / max(t, floor): relative error, MRAE of the NTIRE 2020/2022 challenges; floor 0
// divides by t itself, as the MST++ toolbox does (Loss_MRAE), and is infinite wherever the truth is
// 0.
at::Tensor mrae_loss(const at::Tensor& prediction, const at::Tensor& truth, double floor);

// l1, mean |y - t|, and mse, mean (y - t)^2, are LibTorch's own.

// sqrt(mean (y - t)^2), one root for the whole batch (UnSSR utils.py, Loss_RMSE); its gradient at y
// = t is 0
at::Tensor rmse_loss(const at::Tensor& prediction, const at::Tensor& truth);

// Mean over pixels of the angle between the spectra, in radians (Kruse et al., Remote Sensing of
// Environment 1993), as 2 atan2(|u - v|, |u + v|) of the unit spectra u and v: exact for small
// angles, and differentiable where arccos is not.
at::Tensor sam_loss(const at::Tensor& prediction, const at::Tensor& truth);

// Total variation of the prediction alone, in squares (SSPSR loss.py, TVLoss and TVLossSpectral
// before their weight of 0.001): the mean square of the steps from row to row plus that from column
// to column; twice that of the steps from band to band. Along a side of 1 there are no steps: 0.
at::Tensor spatial_variation(const at::Tensor& prediction);
at::Tensor spectral_variation(const at::Tensor& prediction);

}  // namespace hyperlift
