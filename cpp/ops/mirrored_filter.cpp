#include "ops/mirrored_filter.h"

#include "core/error.h"
#include "core/pool.h"
#include "ops/mirror.h"
#include "ops/vector_clones.h"

namespace hyperlift {

namespace {

// sums[x] += the sum of weights[k] row[x stride + k].
HYPERLIFT_CLONES void add_row(const double* row, const double* weights, int64_t taps,
                              int64_t outputs, int64_t stride, double* sums) {
  for (int64_t k = 0; k < taps; ++k) {
    const double weight = weights[k];
    const double* const at = row + k;
    if (stride == 1) {
      for (int64_t x = 0; x < outputs; ++x) sums[x] += weight * at[x];
    } else {
      for (int64_t x = 0; x < outputs; ++x) sums[x] += weight * at[x * stride];
    }
  }
}

// The places that outputs along one dimension read, one after the other.
std::vector<int64_t> places_of(int64_t size, int64_t stride, int64_t offset, int64_t taps) {
  std::vector<int64_t> places((size / stride - 1) * stride + taps);
  for (size_t i = 0; i < places.size(); ++i) {
    places[i] = mirrored(static_cast<int64_t>(i) + offset, size);
  }
  return places;
}

at::Tensor filter_cpu(const at::Tensor& cube, const MirroredFilter& filter) {
  const int64_t bands = cube.size(0), height = cube.size(1), width = cube.size(2);
  const int64_t rows = height / filter.stride, columns = width / filter.stride;
  const auto row_places = places_of(height, filter.stride, filter.row_offset, filter.height);
  const auto column_places = places_of(width, filter.stride, filter.column_offset, filter.width);
  auto result = at::zeros({bands, rows, columns}, cube.options());
  const auto* const in = cube.const_data_ptr<double>();
  auto* const out = result.mutable_data_ptr<double>();
  parallel_for(0, bands * rows, 1, [&](int64_t begin, int64_t end) {
    std::vector<double> row(column_places.size());
    for (int64_t item = begin; item < end; ++item) {
      const double* const band = in + item / rows * height * width;
      for (int64_t k = 0; k < filter.height; ++k) {
        const double* const from = band + row_places[item % rows * filter.stride + k] * width;
        for (size_t x = 0; x < row.size(); ++x) row[x] = from[column_places[x]];
        add_row(row.data(), filter.weights.data() + k * filter.width, filter.width, columns,
                filter.stride, out + item * columns);
      }
    }
  });
  return result;
}

at::Tensor filter_elsewhere(const at::Tensor& cube, const MirroredFilter& filter) {
  const auto places = [&](int64_t dim, int64_t offset, int64_t taps) {
    return at::tensor(places_of(cube.size(dim), filter.stride, offset, taps), at::kLong)
        .to(cube.device());
  };
  const auto grown = cube.index_select(1, places(1, filter.row_offset, filter.height))
                         .index_select(2, places(2, filter.column_offset, filter.width));
  const auto weight = at::tensor(filter.weights, at::kDouble).to(cube.device());
  return at::conv2d(grown.unsqueeze(1), weight.view({1, 1, filter.height, filter.width}), {},
                    filter.stride)
      .squeeze(1);
}

}  // namespace

at::Tensor mirrored_filter(const at::Tensor& cube, const MirroredFilter& filter) {
  if (cube.scalar_type() != at::kDouble) {
    fail("TENSOR_DTYPE", "filter: found a cube of ", cube.scalar_type(), ", expected float64");
  }
  if (cube.dim() != 3 || cube.size(1) < filter.stride || cube.size(2) < filter.stride) {
    fail("TENSOR_SHAPE", "filter: found shape ", cube.sizes(),
         ", expected [bands, height, width] of at least the stride, ", filter.stride);
  }
  return cube.is_cpu() ? filter_cpu(cube.contiguous(), filter) : filter_elsewhere(cube, filter);
}

}  // namespace hyperlift
