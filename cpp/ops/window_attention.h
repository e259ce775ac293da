// Attention within windows of an image, without cutting it: the image stays where it is, windows
// are read from and written to their places.
#pragma once

#include "core/torch.h"

namespace hyperlift {

struct Windows {
  int64_t height = 8;
  int64_t width = 8;
  // The image is rolled by this much to the upper left before it is cut, and back afterwards.
  int64_t shift = 0;
  // Pixels from both sides of a roll's seam do not see each other (-100 in their logits, as in
  // Swin).
  bool masked = false;
};

// What is added to the attention's result and to its logits; undefined tensors add nothing.
struct WindowPositions {
  at::Tensor bias = {};  // [heads, N, N] on the logits, N = height * width
  at::Tensor kernel =
      {};  // [C, 1, 3, 3]: depthwise convolution of v, with zeros around each window
  at::Tensor kernel_bias = {};  // [C], with the kernel
};

// qkv: [B, H, W, 3, C], C contiguous, C = heads * d, H and W multiples of the window ->
// softmax(q k^T / sqrt(d) + bias) v + kernel * v: [B, H, W, C]. Differentiable. On the CPU one pass
// over the image, and nothing of the size of a map is stored, not for the backward pass either.
at::Tensor window_attention(const at::Tensor& qkv, int64_t heads, const Windows& windows,
                            const WindowPositions& positions = {});

// The same in LibTorch's own operations, for every device and type.
at::Tensor window_attention_by_parts(const at::Tensor& qkv, int64_t heads, const Windows& windows,
                                     const WindowPositions& positions = {});

// The mask that `masked` stands for: [windows, 1, N, N], the windows of an image row by row.
at::Tensor seam_mask(int64_t height, int64_t width, const Windows& windows,
                     const at::TensorOptions& options);

}  // namespace hyperlift
