// Counts the floating-point operations of convolutions and matrix products while something runs in
// this thread.
#pragma once

#include "core/torch.h"

namespace hyperlift {

// Two for each multiplication and addition. Elementwise work, norms and softmax are not counted;
// what a backward pass runs in this thread is.
double count_operations(const std::function<void()>& work);

}  // namespace hyperlift
