// Large images in tiles: cutting tiles out of an image in its stored type, and putting the
// network's answers together again. Where a tile goes and how much it weighs is planned by
// ts/reconstruct; nothing here decides.
#pragma once

#include "core/torch.h"

#include <array>

namespace hyperlift {

// What becomes of a stored value v on its way into a network: v / scale; the inverse of the sRGB
// transfer curve (IEC 61966-2-1); a matrix over the channels, which may change their number (a
// camera response makes RGB of a cube); negative values to 0; (v - offset) * gain.
struct ImageMapping {
  double scale = 1;
  bool srgb = false;
  std::vector<double> matrix;  // row-major [any, channels]; empty: none
  bool clamp_negative = false;
  double offset = 0;
  double gain = 1;
  at::Device device = at::kCPU;  // where the network is
};

struct Corner {
  int64_t row;
  int64_t column;
};

// image: [C, H, W] of any dtype -> [N, C', height, width] float32, mapped. A tile that reaches past
// the image is TENSOR_SHAPE.
at::Tensor cut_tiles(const at::Tensor& image, const std::vector<Corner>& corners, int64_t height,
                     int64_t width, const ImageMapping& mapping);

// strip[:, r : r + h, c : c + w] += tile * row_weights * column_weights for each tile of tiles [N,
// B, h, w] at its corner. strip: [B, S, L] float32, or [B, L, S] seen through a permutation.
// Weights: [N, h] and [N, w].
void blend_tiles(const at::Tensor& strip, const at::Tensor& tiles,
                 const std::vector<Corner>& corners, const at::Tensor& row_weights,
                 const at::Tensor& column_weights);

// The first `count` lines of strip [B, S, L] as a tensor of their own; the rest moves up and zeros
// follow.
at::Tensor take_lines(const at::Tensor& strip, int64_t count);

// One rectangle of the published tiling: written over what is there, or averaged with it.
struct Placement {
  int64_t tile;
  Corner target;
  Corner source;
  int64_t height;
  int64_t width;
  bool average;
};

// Applies the placements in order: from tiles [N, B, h, w] into target [B, H, W].
void place_tiles(const at::Tensor& target, const at::Tensor& tiles,
                 const std::vector<Placement>& placements);

// target[:, r:, c:] = (target[:, r:, c:] + source) / 2, source [B, h, w] at the corner.
void average_into(const at::Tensor& target, const at::Tensor& source, const Corner& corner);

// values / scale, float32; any dtype and shape.
at::Tensor scaled_values(const at::Tensor& values, double scale);

// Least and greatest value; not a number where there is one.
std::pair<double, double> value_range(const at::Tensor& values);

// The paper's uncertainty of each value f of a cube: e = -f ln f, f clamped to [1e-12, 1] (0 ln 0
// is 0). Any shape.
at::Tensor entropy_map(const at::Tensor& cube);

}  // namespace hyperlift
