// A piece of native work behind a promise: run off the JavaScript thread, settled on it.
#pragma once

#include "addon/guard.h"
#include "addon/napi.h"

#include <atomic>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace hyperlift::addon {

// Set by an AbortSignal: a job that has not started yet is skipped, its promise rejects with
// RUN_ABORTED.
using StopFlag = std::shared_ptr<std::atomic<bool>>;

class Job {
 public:
  explicit Job(Napi::Env env, StopFlag stop)
      : deferred_(Napi::Promise::Deferred::New(env)), stop_(std::move(stop)) {}
  virtual ~Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  Napi::Promise promise() const { return deferred_.Promise(); }
  void run();  // off the JavaScript thread; never throws
  void settle(
      Napi::Env env);  // on the JavaScript thread; throws only when that is being terminated
  void reject(Napi::Env env, const Failure& failure);

  bool on_queue = false;  // whether the environment counts it as pending on its queue

 protected:
  virtual void work() = 0;
  virtual Napi::Value convert(Napi::Env env) = 0;

 private:
  Napi::Promise::Deferred deferred_;
  StopFlag stop_;
  std::optional<Failure> failure_;
};

template <class Work, class Convert>
class WorkJob final : public Job {
 public:
  using Result = std::invoke_result_t<Work&>;
  WorkJob(Napi::Env env, Work work, Convert convert, StopFlag stop)
      : Job(env, std::move(stop)), work_(std::move(work)), convert_(std::move(convert)) {}

 protected:
  void work() override {
    // Whatever work holds (input tensors) is let go here, not when JavaScript gets round to
    // settling.
    Work body = std::move(*work_);
    work_.reset();
    if constexpr (std::is_void_v<Result>) {
      body();
    } else {
      result_.emplace(body());
    }
  }
  Napi::Value convert(Napi::Env env) override {
    if constexpr (std::is_void_v<Result>) {
      return convert_(env);
    } else {
      return convert_(env, std::move(*result_));
    }
  }

 private:
  std::optional<Work> work_;
  Convert convert_;
  std::optional<std::conditional_t<std::is_void_v<Result>, bool, Result>> result_;
};

template <class Work, class Convert>
std::unique_ptr<Job> make_job(Napi::Env env, Work work, Convert convert, StopFlag stop) {
  return std::make_unique<WorkJob<Work, Convert>>(env, std::move(work), std::move(convert),
                                                  std::move(stop));
}

}  // namespace hyperlift::addon
