// Images as rows of pixels. In channels-last memory both directions are views.
#pragma once

#include "core/torch.h"

namespace hyperlift::nn {

// [B, C, H, W] -> [B, H*W, C], contiguous
inline at::Tensor to_rows(const at::Tensor& image) {
  return image.contiguous(at::MemoryFormat::ChannelsLast).permute({0, 2, 3, 1}).flatten(1, 2);
}

// [B, H*W, C] -> [B, C, H, W], channels-last
inline at::Tensor to_image(const at::Tensor& rows, int64_t height, int64_t width) {
  return rows.unflatten(1, {height, width}).permute({0, 3, 1, 2});
}

}  // namespace hyperlift::nn
