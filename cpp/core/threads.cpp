#include "core/threads.h"

#include "core/error.h"

#include <ATen/Parallel.h>

#include <atomic>

namespace hyperlift {

namespace {

// LibTorch's own choice follows OMP_NUM_THREADS and the number of cores; read once, before anybody
// changes it.
int default_threads() {
  static const int fallback = at::get_num_threads();
  return fallback;
}

std::atomic<int>& knob() {
  static std::atomic<int> value{default_threads()};
  return value;
}

}  // namespace

void set_threads(int threads) {
  if (threads < 1) fail("CONFIG_THREADS", "threads: found ", threads, ", expected 1 or more");
  knob() = threads;
}

int threads() { return knob(); }

void apply_threads() {
  thread_local int applied = 0;
  const int wanted = knob();
  if (applied == wanted) return;
  at::set_num_threads(wanted);
  applied = wanted;
}

}  // namespace hyperlift
