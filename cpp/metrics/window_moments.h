// Sums over the square windows that lie inside an image pair: what scores by windows are made of.
#pragma once

#include "core/torch.h"
#include "metrics/cube_scores.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace hyperlift {

inline double clipped(double value, bool clip) {
  return clip ? std::clamp(value, 0.0, 1.0) : value;  // NaN stays what it is
}

// The five sums that scores by windows need: of e, t, e^2, t^2 and e t, a plane each.
constexpr size_t kMoments = 5;
using Planes = std::array<std::vector<double>, kMoments>;

inline Planes planes_of(int64_t width) {
  Planes planes;
  planes.fill(std::vector<double>(width));
  return planes;
}

// to[x] += from[x]
void add_to(double* to, const double* from, int64_t count);

template <class T>
void set_moments(const ImagePair<T>& images, int64_t y, Planes& row) {
  const T* const estimate = images.estimate + y * images.width;
  const T* const truth = images.truth + y * images.width;
  for (int64_t x = 0; x < images.width; ++x) {
    const double e = clipped(estimate[x], images.clip);
    const double t = truth[x];
    row[0][x] = e;
    row[1][x] = t;
    row[2][x] = e * e;
    row[3][x] = t * t;
    row[4][x] = e * t;
  }
}

// The moments of the last `size` rows of an image pair, each computed once.
template <class T>
class MomentRows {
 public:
  MomentRows(const ImagePair<T>& images, int64_t size)
      : images_(images), rows_(size, planes_of(images.width)) {}

  // Goes down to row y, the last one there is then.
  void go_to(int64_t y) {
    for (; next_ <= y; ++next_) set_moments(images_, next_, rows_[next_ % rows_.size()]);
  }

  const Planes& operator[](int64_t y) const { return rows_[y % rows_.size()]; }

 private:
  ImagePair<T> images_;
  std::vector<Planes> rows_;
  int64_t next_ = 0;
};

// Means of values that come a row of windows at a time; NaN values do not count.
class MeanOverWindows {
 public:
  explicit MeanOverWindows(size_t definitions) : sums_(definitions), counts_(definitions) {}

  void add(size_t definition, const std::vector<double>& values) {
    for (const double value : values) {
      if (std::isnan(value)) continue;
      sums_[definition] += value;
      ++counts_[definition];
    }
  }

  WindowMeans result() const {
    WindowMeans result;
    for (size_t i = 0; i < sums_.size(); ++i) {
      result.windows = counts_[i];
      result.means.push_back(counts_[i] == 0 ? std::numeric_limits<double>::quiet_NaN()
                                             : sums_[i] / static_cast<double>(counts_[i]));
    }
    return result;
  }

 private:
  std::vector<double> sums_;
  std::vector<int64_t> counts_;
};

// Calls visit(sums) for each row of windows of `size` x `size`, the plain sums over each window.
template <class T, class Visit>
void each_window_row(const ImagePair<T>& images, int64_t size, const Visit& visit) {
  const int64_t outputs = images.width - size + 1;
  const int64_t tops = std::min(images.rows, images.height - size + 1);
  if (outputs <= 0 || tops <= 0) return;
  MomentRows<T> rows(images, size);
  Planes columns = planes_of(images.width), sums = planes_of(outputs);
  for (int64_t top = 0; top < tops; ++top) {
    rows.go_to(top + size - 1);
    for (size_t i = 0; i < kMoments; ++i) {
      // Added afresh for each window: a running sum would carry its rounding along.
      std::fill(columns[i].begin(), columns[i].end(), 0.0);
      std::fill(sums[i].begin(), sums[i].end(), 0.0);
      for (int64_t y = top; y < top + size; ++y) {
        add_to(columns[i].data(), rows[y][i].data(), images.width);
      }
      for (int64_t d = 0; d < size; ++d) add_to(sums[i].data(), columns[i].data() + d, outputs);
    }
    visit(sums);
  }
}

}  // namespace hyperlift
