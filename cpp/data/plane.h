// The values of a cube or an RGB image, in memory or in a mapped file, and how parts of them are
// read.
#pragma once

#include "core/torch.h"
#include "data/mapped_file.h"

namespace hyperlift {

// A rectangle of pixels.
struct Area {
  int64_t row = 0, column = 0, height = 0, width = 0;
};

// Where the values of a mapped plane lie: tile after tile, row by row of tiles, each tile
// [bands, rows, columns] with rows and columns at most `side`, fewer at the lower and right edge.
// The file holds nothing else behind its header, and no padding.
struct Tiles {
  std::shared_ptr<const MappedFile> file;
  int64_t side = 0;
};

// A cube or an RGB image: values [bands, height, width] of uint8, uint16, float16 or float32 on the
// CPU, contiguous. Those of a mapped plane have that shape too, but lie in tiles: read them through
// copy_area.
struct Plane {
  at::Tensor values;
  double scale = 1;  // divides to [0, 1]
  std::optional<Tiles> tiles = std::nullopt;

  int64_t bands() const { return values.size(0); }
  int64_t height() const { return values.size(1); }
  int64_t width() const { return values.size(2); }
};

// Maps the tiles that make up the rest of a file behind `offset`. Throws as MappedFile does.
Plane map_plane(const std::string& path, int64_t offset, at::IntArrayRef sizes, at::ScalarType type,
                int64_t side);

// Where the pixel at row y and column x of an area goes: band * band_step + origin + y * down +
// x * right.
struct Placement {
  int64_t band_step = 0, origin = 0, down = 0, right = 1;
};

// Writes an area of all bands, each value divided by `divisor` in double precision.
void copy_area(const Plane& plane, const Area& area, double divisor, const Placement& placement,
               float* out);

// Starts to read an area of a mapped plane; does nothing for one in memory.
void will_need(const Plane& plane, const Area& area);

}  // namespace hyperlift
