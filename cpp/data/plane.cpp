#include "data/plane.h"

#include <algorithm>

namespace hyperlift {

namespace {

// The part of an area that lies in one tile.
struct Piece {
  Area area;            // in the image
  int64_t tile_start;   // of the tile's first value, in values
  int64_t tile_values;  // how many the tile holds
  int64_t start;        // of the piece's first value
  int64_t band_step, row_step;
};

// Visits the pieces of an area. A plane in memory is a single tile.
template <class Visit>
void for_each_piece(const Plane& plane, const Area& area, const Visit& visit) {
  const int64_t height = plane.height(), width = plane.width();
  const int64_t side = plane.tiles ? plane.tiles->side : std::max(height, width);
  const int64_t bottom = area.row + area.height, right = area.column + area.width;
  for (int64_t top = area.row / side * side; top < bottom; top += side) {
    const int64_t rows = std::min(side, height - top);
    for (int64_t left = area.column / side * side; left < right; left += side) {
      const int64_t columns = std::min(side, width - left);
      const Area part{.row = std::max(top, area.row),
                      .column = std::max(left, area.column),
                      .height = std::min(top + rows, bottom) - std::max(top, area.row),
                      .width = std::min(left + columns, right) - std::max(left, area.column)};
      const int64_t tile = plane.bands() * (top * width + rows * left);
      visit(Piece{.area = part,
                  .tile_start = tile,
                  .tile_values = plane.bands() * rows * columns,
                  .start = tile + (part.row - top) * columns + part.column - left,
                  .band_step = rows * columns,
                  .row_step = columns});
    }
  }
}

template <class Value>
void copy_run(const Value* from, int64_t count, double divisor, float* to, int64_t step) {
  const auto scaled = [divisor](Value value) {
    return static_cast<float>(static_cast<double>(value) / divisor);
  };
  if (step == 1) {  // apart, so that the compiler makes vectors of it
    for (int64_t i = 0; i < count; ++i) to[i] = scaled(from[i]);
  } else {
    for (int64_t i = 0; i < count; ++i) to[i * step] = scaled(from[i]);
  }
}

// Calls visit with a typed pointer to the plane's values.
template <class Visit>
void visit_values(const Plane& plane, const Visit& visit) {
  switch (plane.values.scalar_type()) {
    case at::kByte:
      return visit(plane.values.const_data_ptr<uint8_t>());
    case at::kUInt16:
      return visit(plane.values.const_data_ptr<uint16_t>());
    case at::kHalf:
      return visit(plane.values.const_data_ptr<at::Half>());
    default:
      return visit(plane.values.const_data_ptr<float>());
  }
}

}  // namespace

Plane map_plane(const std::string& path, int64_t offset, at::IntArrayRef sizes, at::ScalarType type,
                int64_t side) {
  const int64_t bytes =
      c10::multiply_integers(sizes) * static_cast<int64_t>(c10::elementSize(type));
  auto file = std::make_shared<const MappedFile>(path, offset, bytes);
  // Nothing writes to planes; from_blob only has no way to say so.
  auto* const data = const_cast<std::byte*>(file->data());  // NOLINT
  const auto keep = [file](void*) {};
  Plane plane;
  plane.values = at::from_blob(data, sizes, keep, at::TensorOptions().dtype(type));
  plane.tiles = Tiles{.file = std::move(file), .side = side};
  return plane;
}

void copy_area(const Plane& plane, const Area& area, double divisor, const Placement& placement,
               float* out) {
  visit_values(plane, [&](const auto* values) {
    for_each_piece(plane, area, [&](const Piece& piece) {
      const int64_t y = piece.area.row - area.row, x = piece.area.column - area.column;
      float* const corner = out + placement.origin + y * placement.down + x * placement.right;
      for (int64_t band = 0; band < plane.bands(); ++band) {
        const auto* from = values + piece.start + band * piece.band_step;
        float* to = corner + band * placement.band_step;
        for (int64_t row = 0; row < piece.area.height; ++row) {
          copy_run(from, piece.area.width, divisor, to, placement.right);
          from += piece.row_step;
          to += placement.down;
        }
      }
    });
  });
}

void will_need(const Plane& plane, const Area& area) {
  if (!plane.tiles) return;
  const auto size = static_cast<int64_t>(plane.values.element_size());
  for_each_piece(plane, area, [&](const Piece& piece) {
    plane.tiles->file->will_need(piece.tile_start * size, piece.tile_values * size);
  });
}

}  // namespace hyperlift
