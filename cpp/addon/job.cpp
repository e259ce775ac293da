#include "addon/job.h"

#include "core/error.h"
#include "core/threads.h"

namespace hyperlift::addon {

void Job::run() {
  try {
    if (stop_ && *stop_) fail("RUN_ABORTED", "the operation was aborted before it started");
    apply_threads();
    work();
    if (stop_ && *stop_) fail("RUN_ABORTED", "the operation was aborted");
  } catch (...) {
    failure_ = current_failure();
  }
}

void Job::settle(Napi::Env env) {
  if (failure_) {
    reject(env, *failure_);
    return;
  }
  try {
    deferred_.Resolve(convert(env));
  } catch (const Napi::Error& error) {
    deferred_.Reject(error.Value());
  } catch (...) {
    reject(env, current_failure());
  }
}

void Job::reject(Napi::Env env, const Failure& failure) {
  try {
    deferred_.Reject(to_js(env, failure));
  } catch (const Napi::Error& error) {
    deferred_.Reject(error.Value());
  }
}

}  // namespace hyperlift::addon
