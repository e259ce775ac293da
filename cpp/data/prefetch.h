// Batches made ahead of the step that needs them, on threads of their own, handed out in order.
#pragma once

#include "data/sampler.h"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace hyperlift {

class Prefetch {
 public:
  // Batches of `batch` rows each from `rows`, whose first is row `first` of the whole run; a
  // remainder is left out.
  Prefetch(const Sampler& sampler, std::vector<PlanRow> rows, int64_t first, int64_t batch,
           int64_t threads);
  ~Prefetch();
  Prefetch(const Prefetch&) = delete;
  Prefetch& operator=(const Prefetch&) = delete;

  int64_t count() const { return count_; }
  // The next batch in order; waits for it. Throws what making it threw.
  Batch next();

 private:
  void work();
  void announce(int64_t index) const;

  const Sampler& sampler_;
  const std::vector<PlanRow> rows_;
  const int64_t first_, batch_, count_, ahead_, workers_;

  std::mutex mutex_;
  std::condition_variable changed_;
  int64_t started_ = 0;  // batches some thread has taken up
  int64_t taken_ = 0;    // batches handed out
  bool stop_ = false;
  std::exception_ptr failure_;
  std::map<int64_t, Batch> ready_;
  std::vector<std::thread> threads_;
};

}  // namespace hyperlift
