#include "metrics/window_moments.h"

#include "ops/vector_clones.h"

namespace hyperlift {

HYPERLIFT_CLONES void add_to(double* to, const double* from, int64_t count) {
  for (int64_t x = 0; x < count; ++x) to[x] += from[x];
}

}  // namespace hyperlift
