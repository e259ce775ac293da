// Sums over the square windows that lie inside an image pair: what scores by windows are made of.
#pragma once

#include "core/torch.h"

#include <algorithm>
#include <cmath>

namespace hyperlift {

// Moments of a pair of images over a window: the five sums that SSIM needs.
struct Moments {
  double e = 0, t = 0, ee = 0, tt = 0, et = 0;

  void add(const Moments& other) {
    e += other.e;
    t += other.t;
    ee += other.ee;
    tt += other.tt;
    et += other.et;
  }
};

inline double clipped(double value, bool clip) {
  return clip && !std::isnan(value) ? std::clamp(value, 0.0, 1.0) : value;
}

// Calls visit(moments) for each window of `size` x `size`; of none in a smaller image.
template <class T, class Visit>
void each_window(const T* estimate, const T* truth, int64_t height, int64_t width, bool clip,
                 int64_t size, const Visit& visit) {
  std::vector<Moments> columns(width);
  for (int64_t top = 0; top + size <= height; ++top) {
    std::fill(columns.begin(), columns.end(), Moments());
    for (int64_t y = top; y < top + size; ++y) {
      for (int64_t x = 0; x < width; ++x) {
        const double e = clipped(estimate[y * width + x], clip);
        const double t = truth[y * width + x];
        columns[x].add({e, t, e * e, t * t, e * t});
      }
    }
    for (int64_t left = 0; left + size <= width; ++left) {
      // Added afresh for each window: a running sum would carry its rounding along the row.
      Moments window;
      for (int64_t x = left; x < left + size; ++x) window.add(columns[x]);
      visit(window);
    }
  }
}

}  // namespace hyperlift
