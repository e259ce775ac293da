// The edge rule of MATLAB's imresize: mirrored with the edge repeated, 2 1 | 1 2 ... n | n n-1.
#pragma once

#include <cstdint>

namespace hyperlift {

// Where a place of any distance from an image of `size` pixels is read, from 0 to size - 1.
inline int64_t mirrored(int64_t place, int64_t size) {
  const int64_t period = 2 * size;
  const int64_t at = (place % period + period) % period;
  return at < size ? at : period - 1 - at;
}

}  // namespace hyperlift
