#include "ops/tiles.h"

#include "core/error.h"

namespace hyperlift {
namespace {

void require_inside(const char* operation, const Corner& corner, int64_t height, int64_t width,
                    int64_t rows, int64_t columns) {
  if (corner.row < 0 || corner.column < 0 || corner.row + height > rows ||
      corner.column + width > columns) {
    fail("TENSOR_SHAPE", operation, ": a rectangle of ", height, " x ", width, " at (", corner.row,
         ", ", corner.column, ") reaches outside ", rows, " x ", columns);
  }
}

void require_rank(const char* operation, const char* what, const at::Tensor& tensor, int64_t rank) {
  if (tensor.dim() != rank) {
    fail("TENSOR_SHAPE", operation, ": expected ", what, " of ", rank, " dimensions, found ",
         tensor.sizes());
  }
}

// linear = c / 12.92 up to 0.04045, ((c + 0.055) / 1.055)^2.4 above it
at::Tensor linearized(const at::Tensor& coded) {
  return at::where(coded <= 0.04045, coded / 12.92,
                   ((coded + 0.055) / 1.055).clamp_min(0).pow(2.4));
}

}  // namespace

at::Tensor cut_tiles(const at::Tensor& image, const std::vector<Corner>& corners, int64_t height,
                     int64_t width, const ImageMapping& mapping) {
  require_rank("cutTiles", "an image", image, 3);
  const int64_t channels = image.size(0);
  if (mapping.matrix.size() % static_cast<size_t>(channels) != 0) {
    fail("TENSOR_SHAPE", "cutTiles: expected a matrix over ", channels, " channels, found ",
         mapping.matrix.size(), " values");
  }
  std::vector<at::Tensor> pieces;
  for (const auto& corner : corners) {
    require_inside("cutTiles", corner, height, width, image.size(1), image.size(2));
    pieces.push_back(image.narrow(1, corner.row, height).narrow(2, corner.column, width));
  }
  const at::NoGradGuard no_grad;
  // [N, C, h, w]; in double: sixteen-bit images keep their last digit through curve and matrix.
  auto tiles = at::stack(pieces).to(mapping.device, at::kDouble) / mapping.scale;
  if (mapping.srgb) tiles = linearized(tiles);
  if (!mapping.matrix.empty()) {
    const auto matrix = at::tensor(mapping.matrix, tiles.options()).view({-1, channels});
    tiles = at::einsum("dc,nchw->ndhw", {matrix, tiles});
  }
  if (mapping.clamp_negative) tiles = tiles.clamp_min(0);
  if (mapping.offset != 0 || mapping.gain != 1) tiles = (tiles - mapping.offset) * mapping.gain;
  return tiles.to(at::kFloat).contiguous();
}

void blend_tiles(const at::Tensor& strip, const at::Tensor& tiles,
                 const std::vector<Corner>& corners, const at::Tensor& row_weights,
                 const at::Tensor& column_weights) {
  require_rank("blendTiles", "a strip", strip, 3);
  require_rank("blendTiles", "tiles", tiles, 4);
  const int64_t count = tiles.size(0);
  if (count != static_cast<int64_t>(corners.size()) ||
      row_weights.numel() != count * tiles.size(2) ||
      column_weights.numel() != count * tiles.size(3) || tiles.size(1) != strip.size(0)) {
    fail("TENSOR_SHAPE", "blendTiles: ", tiles.sizes(), " tiles do not go with a strip of ",
         strip.sizes(), ", ", corners.size(), " corners and weights of ", row_weights.sizes(),
         " and ", column_weights.sizes());
  }
  const at::NoGradGuard no_grad;
  const auto values = tiles.to(strip.device(), at::kFloat);
  for (int64_t n = 0; n < count; ++n) {
    const auto& corner = corners[n];
    require_inside("blendTiles", corner, tiles.size(2), tiles.size(3), strip.size(1),
                   strip.size(2));
    const auto weight = (row_weights.view({count, -1})[n].unsqueeze(1) *
                         column_weights.view({count, -1})[n].unsqueeze(0))
                            .to(strip.device());  // [h, w]
    strip.narrow(1, corner.row, tiles.size(2))
        .narrow(2, corner.column, tiles.size(3))
        .addcmul_(values[n], weight.unsqueeze(0));
  }
}

at::Tensor take_lines(const at::Tensor& strip, int64_t count) {
  require_rank("takeLines", "a strip", strip, 3);
  if (count < 0 || count > strip.size(1)) {
    fail("TENSOR_SHAPE", "takeLines: ", count, " lines of a strip of ", strip.sizes());
  }
  const at::NoGradGuard no_grad;
  auto taken = strip.narrow(1, 0, count).clone(at::MemoryFormat::Contiguous);
  const int64_t rest = strip.size(1) - count;
  // In pieces no longer than the shift, so that source and target of a copy never overlap.
  for (int64_t done = 0; count > 0 && done < rest; done += count) {
    const int64_t piece = std::min(count, rest - done);
    strip.narrow(1, done, piece).copy_(strip.narrow(1, done + count, piece));
  }
  strip.narrow(1, rest, count).zero_();
  return taken;
}

void place_tiles(const at::Tensor& target, const at::Tensor& tiles,
                 const std::vector<Placement>& placements) {
  require_rank("placeTiles", "a target", target, 3);
  require_rank("placeTiles", "tiles", tiles, 4);
  const at::NoGradGuard no_grad;
  const auto values = tiles.to(target.device(), target.scalar_type());
  for (const auto& [tile, to, from, height, width, average] : placements) {
    if (tile < 0 || tile >= tiles.size(0)) {
      fail("TENSOR_SHAPE", "placeTiles: tile ", tile, " of ", tiles.size(0));
    }
    require_inside("placeTiles", to, height, width, target.size(1), target.size(2));
    require_inside("placeTiles", from, height, width, tiles.size(2), tiles.size(3));
    auto place = target.narrow(1, to.row, height).narrow(2, to.column, width);
    const auto piece = values[tile].narrow(1, from.row, height).narrow(2, from.column, width);
    if (average) {
      place.add_(piece).div_(2);
    } else {
      place.copy_(piece);
    }
  }
}

void average_into(const at::Tensor& target, const at::Tensor& source, const Corner& corner) {
  require_rank("averageInto", "a source", source, 3);
  place_tiles(target, source.unsqueeze(0),
              {{0, corner, {0, 0}, source.size(1), source.size(2), true}});
}

at::Tensor scaled_values(const at::Tensor& values, double scale) {
  const at::NoGradGuard no_grad;
  return values.to(at::kDouble).div_(scale).to(at::kFloat);
}

std::pair<double, double> value_range(const at::Tensor& values) {
  const auto [least, most] = at::aminmax(values);
  return {least.item<double>(), most.item<double>()};
}

at::Tensor entropy_map(const at::Tensor& cube) {
  const at::NoGradGuard no_grad;
  const auto value = cube.clamp(1e-12, 1);
  return value.log().mul_(value).neg_();
}

}  // namespace hyperlift
