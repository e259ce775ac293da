#include "metrics/value_check.h"

#include "core/pool.h"

#include <cmath>
#include <limits>
#include <optional>

namespace hyperlift {

namespace {

// What was found in the rows of a strip, and the pixels that cannot be scored.
struct RowCheck {
  int64_t truth = 0, estimate = 0, ignored = 0;
  int64_t first = std::numeric_limits<int64_t>::max();
  bool first_in_truth = false;
};

void note_first(RowCheck& check, int64_t index, bool in_truth) {
  if (index >= check.first) return;
  check.first = index;
  check.first_in_truth = in_truth;
}

template <class T>
bool all_finite(const T* values, int64_t count) {
  int bad = 0;
  for (int64_t x = 0; x < count; ++x) {
    bad |= std::abs(values[x]) <= std::numeric_limits<T>::max() ? 0 : 1;
  }
  return bad == 0;
}

template <class T>
RowCheck check_row(const Cubes& cubes, int64_t y, std::optional<double> ignored, bool* left_out) {
  RowCheck check;
  const int64_t plane = cubes.height() * cubes.width(), width = cubes.width();
  for (int64_t band = 0; band < cubes.bands(); ++band) {
    const int64_t at = band * plane + y * width;
    const T* const e = cubes.estimate.const_data_ptr<T>() + at;
    const T* const t = cubes.truth.const_data_ptr<T>() + at;
    // Most rows hold nothing of the kind, and are done after one plain pass.
    if (!ignored && all_finite(e, width) && all_finite(t, width)) continue;
    for (int64_t x = 0; x < width; ++x) {
      const bool none = ignored && t[x] == static_cast<T>(*ignored);
      const bool bad_truth = !none && !std::isfinite(t[x]), bad_estimate = !std::isfinite(e[x]);
      check.ignored += none ? 1 : 0;
      check.truth += bad_truth ? 1 : 0;
      check.estimate += bad_estimate ? 1 : 0;
      if (bad_truth || bad_estimate) note_first(check, at + x, bad_truth);
      if (none || bad_truth || bad_estimate) left_out[x] = true;
    }
  }
  return check;
}

}  // namespace

template <class T>
NotFinite check_values(Cubes& cubes, const CubeScoreOptions& options) {
  const int64_t height = cubes.height(), width = cubes.width();
  cubes.left_out = at::zeros({height, width}, at::kBool);
  bool* const left_out = cubes.left_out.mutable_data_ptr<bool>();
  std::vector<RowCheck> rows(height);
  parallel_for(0, height, 1, [&](int64_t begin, int64_t end) {
    for (int64_t y = begin; y < end; ++y) {
      rows[y] = check_row<T>(cubes, y, options.ignored, left_out + y * width);
    }
  });
  RowCheck all;
  NotFinite found;
  bool any = false;
  for (int64_t y = 0; y < height; ++y) {
    any = any || rows[y].truth + rows[y].estimate + rows[y].ignored > 0;
    if (y >= cubes.rows) continue;
    found.truth += rows[y].truth;
    found.estimate += rows[y].estimate;
    found.ignored += rows[y].ignored;
    note_first(all, rows[y].first, rows[y].first_in_truth);
  }
  if (found.truth + found.estimate > 0) {
    found.first = all.first;
    found.first_in_truth = all.first_in_truth;
  }
  if (!any) cubes.left_out.reset();
  return found;
}

template NotFinite check_values<float>(Cubes&, const CubeScoreOptions&);
template NotFinite check_values<double>(Cubes&, const CubeScoreOptions&);

}  // namespace hyperlift
