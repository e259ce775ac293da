// Pictures of cubes and maps as bytes for an image file.
#pragma once

#include "core/torch.h"

namespace hyperlift {

// cube [B, H, W] or [1, B, H, W], table [B, 3] (bands to linear sRGB) -> sRGB-coded uint8 [H, W,
// 3]; what is outside [0, 1] is clipped.
at::Tensor srgb_picture(const at::Tensor& cube, const at::Tensor& table);

// map [H, W], colours uint8 [N, 3] -> uint8 [H, W, 3]: value 0 takes the first colour, `top` and
// above the last. Not a number: mid grey.
at::Tensor colour_picture(const at::Tensor& map, const at::Tensor& colours, double top);

}  // namespace hyperlift
