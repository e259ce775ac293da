#include "core/threads.h"

#include "core/error.h"

#include <ATen/Parallel.h>

#include <atomic>

// Of the OpenMP library that LibTorch brings: its headers are not at hand, and a LibTorch without
// OpenMP has neither function.
extern "C" {
[[gnu::weak]] void omp_set_num_threads(int threads);
[[gnu::weak]] int omp_pause_resource_all(int kind);
}

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

void compute_alone() {
  default_threads();
  // LibTorch sets the number of a thread at the thread's first question.
  at::get_num_threads();
  // Not at::set_num_threads: that also sets the one number that MKL has for all threads.
  if (omp_set_num_threads != nullptr) omp_set_num_threads(1);
}

void release_helpers() {
  constexpr int soft = 1;  // omp_pause_soft
  if (omp_pause_resource_all != nullptr) omp_pause_resource_all(soft);
}

}  // namespace hyperlift
