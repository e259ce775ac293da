// What belongs to one JavaScript environment (the main thread, or a worker thread): its queue
// thread, its other native threads, the constructors of its wrapped classes, its count of live
// tensors. All members are for the JavaScript thread, except where a comment says otherwise.
#pragma once

#include "addon/guard.h"
#include "addon/job.h"
#include "addon/ledger.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace hyperlift::addon {

class Environment {
 public:
  explicit Environment(Napi::Env env) : env_(env), ledger_(std::make_shared<Ledger>(env)) {}
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  static Environment& of(Napi::Env env);

  // Runs `work` on the environment's one queue thread, after everything enqueued before it, then
  // `convert` with its result on the JavaScript thread; the promise takes what convert returns.
  // What work and convert capture must be C++ values (tensors, shared pointers), never Napi handles
  // or references: they may be dropped after the environment.
  //   environment.enqueue(env, [x] { return x.sum(); },
  //                       [](Napi::Env env, at::Tensor&& y) { return TensorHandle::wrap(env,
  //                       std::move(y)); });
  // A work that returns void takes a convert of (Napi::Env).
  template <class Work, class Convert>
  Napi::Promise enqueue(Napi::Env env, Work work, Convert convert, StopFlag stop = nullptr) {
    return push(make_job(env, std::move(work), std::move(convert), std::move(stop)));
  }

  // The same on a thread of its own, for runs of seconds to days beside which tensor operations go
  // on. `work` must end soon after a callback given to on_stop has run.
  template <class Work, class Convert>
  Napi::Promise run_on_own_thread(Napi::Env env, Work work, Convert convert) {
    return launch(make_job(env, std::move(work), std::move(convert), nullptr));
  }

  // Called when the environment ends: sets a stop flag, closes a queue. Returns a number for
  // remove_on_stop.
  int on_stop(std::function<void()> callback);
  void remove_on_stop(int id);
  // Stops and joins every native thread; later calls reject with ADDON_STOPPED. Safe to call again.
  void stop_and_join();

  // What ts/native hands over once: makes a HyperliftError of (code, message); is told of the first
  // native thread.
  void connect(Napi::Function error_factory, Napi::Function thread_started);
  const Napi::FunctionReference& error_factory() const { return error_factory_; }

  // Constructors of wrapped classes, by class name.
  Napi::FunctionReference& constructor(const char* name) { return constructors_[name]; }

  // Shared, because the last handles may be finalized after the environment's own data.
  const std::shared_ptr<Ledger>& ledger() const { return ledger_; }

  // How many queued jobs will write gradients: while there are any, no handle of a gradient may be
  // taken.
  const std::shared_ptr<std::atomic<int>>& gradient_writers() const { return gradient_writers_; }

 private:
  struct QueueState;

  Napi::Promise push(std::unique_ptr<Job> job);
  Napi::Promise launch(std::unique_ptr<Job> job);
  Napi::Promise refuse(std::unique_ptr<Job> job);
  void start_queue();
  void announce_thread();
  void join_ended();
  static void settle(Napi::Env env, Napi::Function, Environment* self, Job* job);
  using Channel = Napi::TypedThreadSafeFunction<Environment, Job, settle>;
  static void drain(const std::shared_ptr<QueueState>& queue, Channel channel);

  struct OwnThread {
    std::thread thread;
    std::shared_ptr<std::atomic<bool>> ended;
  };

  Napi::Env env_;
  bool stopped_ = false;
  bool announced_ = false;
  int64_t pending_ = 0;
  int next_stop_id_ = 0;
  std::shared_ptr<QueueState> queue_;
  std::thread queue_thread_;
  Channel queue_channel_;
  std::vector<OwnThread> own_threads_;
  std::map<int, std::function<void()>> stop_callbacks_;
  std::map<std::string, Napi::FunctionReference> constructors_;
  Napi::FunctionReference error_factory_;
  Napi::FunctionReference thread_started_;
  std::shared_ptr<Ledger> ledger_;
  std::shared_ptr<std::atomic<int>> gradient_writers_ = std::make_shared<std::atomic<int>>(0);
};

}  // namespace hyperlift::addon
