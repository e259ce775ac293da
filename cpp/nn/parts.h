// Samples through a function in parts: memory for the features of a few, and what one layer writes
// is still near when the next one reads it.
#pragma once

#include "core/torch.h"

#include <algorithm>

namespace hyperlift::nn {

// run(x.slice(0, from, to)...) for parts of at most `pixels` pixels (one sample at least), joined.
// Inference only: training keeps all features anyway.
template <class Run, class... Tensors>
at::Tensor by_parts(int64_t pixels, const Run& run, const at::Tensor& x, const Tensors&... others) {
  const int64_t samples = x.size(0);
  const int64_t each = std::max<int64_t>(1, pixels / (x.size(2) * x.size(3)));
  if (samples <= each) return run(x, others...);
  std::vector<at::Tensor> results;
  for (int64_t from = 0; from < samples; from += each) {
    const int64_t to = std::min(samples, from + each);
    results.push_back(run(x.slice(0, from, to), others.slice(0, from, to)...));
  }
  return at::cat(results);
}

}  // namespace hyperlift::nn
