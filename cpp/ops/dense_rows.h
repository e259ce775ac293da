// Features that grow by a few channels at a time, each step reading all that came before (a dense
// block), kept in one piece of memory: nothing is concatenated, and gradients are summed in place.
#pragma once

#include "core/torch.h"

namespace hyperlift {

class DenseRows {
 public:
  // first: [N, c], rows of pixels; `width` channels in the end.
  DenseRows(const at::Tensor& first, int64_t width);

  // weight: [out, c] of a 1 x 1 convolution, c the channels so far -> [N, out]
  at::Tensor product(const at::Tensor& weight);
  // grown: [N, more] -> c + more channels
  void append(const at::Tensor& grown);

 private:
  at::Tensor memory_;  // [N, width]
  at::Tensor rows_;    // [N, c], its beginning, with the history of how it was made
};

}  // namespace hyperlift
