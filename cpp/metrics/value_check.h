// Which values of two cubes cannot be scored: NaN, infinity, and what says that there is no value.
#pragma once

#include "core/torch.h"
#include "metrics/cube_scores.h"

namespace hyperlift {

// Two cubes [bands, H, W] on the CPU, of one dtype, without gaps.
struct Cubes {
  at::Tensor estimate, truth;
  at::Tensor left_out;  // [H, W] bool, or undefined where all pixels count
  int64_t rows = 0;     // that count

  int64_t bands() const { return truth.size(0); }
  int64_t height() const { return truth.size(1); }
  int64_t width() const { return truth.size(2); }
};

// Counts what cannot be scored in the rows that count, and marks those pixels in all rows.
template <class T>
NotFinite check_values(Cubes& cubes, const CubeScoreOptions& options);

}  // namespace hyperlift
