#include "data/prefetch.h"

#include "core/threads.h"

namespace hyperlift {

Prefetch::Prefetch(const Sampler& sampler, std::vector<PlanRow> rows, int64_t first, int64_t batch,
                   int64_t threads)
    : sampler_(sampler),
      rows_(std::move(rows)),
      first_(first),
      batch_(batch),
      count_(static_cast<int64_t>(rows_.size()) / batch),
      ahead_(threads + 1),
      workers_(threads) {
  for (int64_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

Prefetch::~Prefetch() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

// Tells a batch that will be made soon, so that the disk reads while the one before it is made.
void Prefetch::announce(int64_t index) const {
  if (index < count_) sampler_.announce(rows_.data() + index * batch_, batch_);
}

void Prefetch::work() {
  compute_alone();
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stop_ || started_ >= count_ || started_ < taken_ + ahead_; });
    if (stop_ || started_ >= count_) return;
    const int64_t index = started_++;
    lock.unlock();
    Batch batch;
    std::exception_ptr failure;
    try {
      announce(index + workers_);
      batch = sampler_.gather(rows_.data() + index * batch_, batch_, first_ + index * batch_);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    if (failure) failure_ = failure;
    ready_.emplace(index, std::move(batch));
    changed_.notify_all();
  }
}

Batch Prefetch::next() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [&] { return failure_ || ready_.contains(taken_); });
  if (failure_) std::rethrow_exception(failure_);
  auto node = ready_.extract(taken_++);
  changed_.notify_all();
  return std::move(node.mapped());
}

}  // namespace hyperlift
