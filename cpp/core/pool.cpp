#include "core/pool.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <exception>
#include <mutex>

// What `#pragma omp parallel` compiles to, and the two questions asked inside.
extern "C" {
[[gnu::weak]] void GOMP_parallel(void (*work)(void*), void* data, unsigned threads, unsigned flags);
[[gnu::weak]] int omp_get_thread_num();
[[gnu::weak]] int omp_get_num_threads();
}

namespace hyperlift {

namespace {

struct Loop {
  int64_t begin, end, grain;
  const std::function<void(int64_t, int64_t)>& work;
  std::mutex mutex = {};
  std::exception_ptr error = {};  // the first
};

// The piece of one thread.
void run_piece(void* data) {
  Loop& loop = *static_cast<Loop*>(data);
  const int64_t count = loop.end - loop.begin;
  const int64_t threads =
      std::min<int64_t>(omp_get_num_threads(), (count + loop.grain - 1) / loop.grain);
  const int64_t piece = (count + threads - 1) / threads;
  const int64_t first = loop.begin + omp_get_thread_num() * piece;
  if (first >= loop.end) return;
  try {
    const c10::ParallelGuard guard(true);
    loop.work(first, std::min(loop.end, first + piece));
  } catch (...) {
    const std::lock_guard<std::mutex> lock(loop.mutex);
    if (!loop.error) loop.error = std::current_exception();
  }
}

}  // namespace

void parallel_for(int64_t begin, int64_t end, int64_t grain,
                  const std::function<void(int64_t, int64_t)>& work) {
  if (begin >= end) return;
  const bool can =
      GOMP_parallel != nullptr && omp_get_thread_num != nullptr && omp_get_num_threads != nullptr;
  if (!can || end - begin <= grain || at::in_parallel_region() || at::get_num_threads() == 1) {
    const c10::ParallelGuard guard(true);
    work(begin, end);
    return;
  }
  Loop loop = {begin, end, std::max<int64_t>(grain, 1), work};
  // As many as the calling thread is set to.
  GOMP_parallel(run_piece, &loop, 0, 0);
  if (loop.error) std::rethrow_exception(loop.error);
}

}  // namespace hyperlift
