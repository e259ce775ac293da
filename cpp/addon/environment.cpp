#include "addon/environment.h"

#include "core/block_cache.h"
#include "core/error.h"
#include "core/threads.h"

#include <chrono>

namespace hyperlift::addon {

// Shared with the queue thread.
struct Environment::QueueState {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::unique_ptr<Job>> jobs;
  bool stopping = false;
};

Environment& Environment::of(Napi::Env env) {
  auto* environment = env.GetInstanceData<Environment>();
  if (environment == nullptr) fail("ADDON_FAILURE", "the addon was not initialised in this thread");
  return *environment;
}

// Runs when a worker thread ends; on the main thread process.exit() skips it, which is why
// ts/native also calls stop_and_join from an 'exit' handler.
Environment::~Environment() { stop_and_join(); }

Napi::Promise Environment::push(std::unique_ptr<Job> job) {
  if (stopped_) return refuse(std::move(job));
  if (!queue_thread_.joinable()) start_queue();
  const auto promise = job->promise();
  job->on_queue = true;
  // The event loop must stay alive exactly while something is pending.
  if (pending_++ == 0) queue_channel_.Ref(env_);
  {
    const std::lock_guard<std::mutex> lock(queue_->mutex);
    queue_->jobs.push_back(std::move(job));
  }
  queue_->changed.notify_one();
  return promise;
}

Napi::Promise Environment::refuse(std::unique_ptr<Job> job) {
  job->reject(
      env_, {"ADDON_STOPPED", "the process or worker is ending: nothing can be computed any more"});
  return job->promise();
}

void Environment::start_queue() {
  announce_thread();
  queue_ = std::make_shared<QueueState>();
  queue_channel_ = Channel::New(env_, "hyperlift queue", 0, 1, this);
  queue_channel_.Unref(env_);
  queue_thread_ = std::thread(drain, queue_, queue_channel_);
}

// The queue thread.
void Environment::drain(const std::shared_ptr<QueueState>& queue, Channel channel) {
  bool open = true;
  for (;;) {
    std::unique_ptr<Job> job;
    {
      std::unique_lock<std::mutex> lock(queue->mutex);
      const auto called = [&] { return queue->stopping || !queue->jobs.empty(); };
      if (!queue->changed.wait_for(lock, std::chrono::milliseconds(20), called)) release_helpers();
      while (!queue->changed.wait_for(lock, std::chrono::seconds(5), called)) trim_when_idle();
      if (queue->stopping) break;
      job = std::move(queue->jobs.front());
      queue->jobs.pop_front();
    }
    job->run();
    // A channel that answers "closing" has given up this thread's share and must not be touched
    // again.
    if (open && channel.NonBlockingCall(job.get()) == napi_ok) {
      (void)job.release();
    } else {
      open = false;
    }
  }
  if (open) channel.Release();
}

Napi::Promise Environment::launch(std::unique_ptr<Job> job) {
  if (stopped_) return refuse(std::move(job));
  announce_thread();
  join_ended();
  const auto promise = job->promise();
  auto ended = std::make_shared<std::atomic<bool>>(false);
  Channel channel = Channel::New(env_, "hyperlift run", 0, 1, this);
  std::thread thread([channel, ended, job = std::move(job)]() mutable {
    job->run();
    if (channel.NonBlockingCall(job.get()) == napi_ok) {
      (void)job.release();
      channel.Release();
    }
    *ended = true;
  });
  own_threads_.push_back({std::move(thread), std::move(ended)});
  return promise;
}

void Environment::join_ended() {
  std::vector<OwnThread> running;
  for (auto& own : own_threads_) {
    if (*own.ended) {
      own.thread.join();
    } else {
      running.push_back(std::move(own));
    }
  }
  own_threads_ = std::move(running);
}

void Environment::announce_thread() {
  if (announced_) return;
  announced_ = true;
  if (!thread_started_.IsEmpty()) thread_started_.Call({});
}

// On the JavaScript thread; `env` is null when the environment is going away.
void Environment::settle(Napi::Env env, Napi::Function, Environment* self, Job* job) {
  const std::unique_ptr<Job> owned(job);
  if (static_cast<napi_env>(env) == nullptr) return;
  const bool on_queue = owned->on_queue;
  try {
    owned->settle(env);
  } catch (const Napi::Error&) {
    // A worker that is being terminated refuses every call: nobody is left to be told.
    return;
  }
  if (on_queue && --self->pending_ == 0) self->queue_channel_.Unref(env);
}

int Environment::on_stop(std::function<void()> callback) {
  if (stopped_) {
    callback();
    return -1;
  }
  stop_callbacks_.emplace(++next_stop_id_, std::move(callback));
  return next_stop_id_;
}

void Environment::remove_on_stop(int id) { stop_callbacks_.erase(id); }

void Environment::stop_and_join() {
  stopped_ = true;
  // A callback may unregister itself or others.
  const auto callbacks = std::move(stop_callbacks_);
  stop_callbacks_.clear();
  for (const auto& [id, callback] : callbacks) callback();
  if (queue_thread_.joinable()) {
    {
      const std::lock_guard<std::mutex> lock(queue_->mutex);
      queue_->stopping = true;
    }
    queue_->changed.notify_one();
    queue_thread_.join();
    queue_->jobs.clear();
  }
  for (auto& own : own_threads_) own.thread.join();
  own_threads_.clear();
}

void Environment::connect(Napi::Function error_factory, Napi::Function thread_started) {
  error_factory_ = Napi::Persistent(error_factory);
  thread_started_ = Napi::Persistent(thread_started);
  // At the end of an environment its references are gone before its instance data is.
  error_factory_.SuppressDestruct();
  thread_started_.SuppressDestruct();
}

}  // namespace hyperlift::addon
