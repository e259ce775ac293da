// Lets other threads look at the trainer between two steps. A plain mutex would let the loop take
// its lock again before anybody who waits for it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace hyperlift {

class Gate {
 public:
  // Held by the loop during a step; gives way to whoever waits.
  class Step {
   public:
    explicit Step(Gate& gate) : lock_(gate.mutex_) {
      gate.changed_.wait(lock_, [&] { return gate.waiting_ == 0; });
    }

   private:
    std::unique_lock<std::mutex> lock_;
  };

  // Held by whoever reads or writes weights and state from outside the loop.
  class Visit {
   public:
    explicit Visit(Gate& gate) : gate_(gate) {
      ++gate_.waiting_;
      lock_ = std::unique_lock<std::mutex>(gate_.mutex_);
      --gate_.waiting_;
    }
    ~Visit() {
      lock_.unlock();
      gate_.changed_.notify_all();
    }
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;

   private:
    Gate& gate_;
    std::unique_lock<std::mutex> lock_;
  };

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<int> waiting_ = 0;
};

}  // namespace hyperlift
