// Loops over the threads that LibTorch computes with. at::parallel_for is a template that goes over
// threads only in code compiled for OpenMP, and compiled so, ours would name one OpenMP library,
// whichever LibTorch brings: this one asks the library that is loaded.
#pragma once

#include <cstdint>
#include <functional>

namespace hyperlift {

// Calls work(begin, end) for pieces of [begin, end), of `grain` numbers at least, at once. On one
// thread, in a loop of a loop, or where LibTorch has no OpenMP it is one call for all.
void parallel_for(int64_t begin, int64_t end, int64_t grain,
                  const std::function<void(int64_t, int64_t)>& work);

}  // namespace hyperlift
