// The one place where C++ exceptions become JavaScript errors. Every exported function goes through
// `guarded`, every method of a wrapped class through Wrapped<T>::method (wrapped.h), every job of
// the queue through Environment.
#pragma once

#include "addon/napi.h"

#include <string>

namespace hyperlift::addon {

struct Failure {
  std::string code;
  std::string message;
};

// Describes the exception that is being handled: call it inside a catch block only.
Failure current_failure();

// A HyperliftError, made by the factory that ts/native connects; a plain Error with `code` before
// that.
Napi::Value to_js(Napi::Env env, const Failure& failure);
[[noreturn]] void throw_js(Napi::Env env, const Failure& failure);

template <class Body>
Napi::Value guard(Napi::Env env, Body&& body) {
  try {
    return body();
  } catch (const Napi::Error&) {
    throw;
  } catch (...) {
    throw_js(env, current_failure());
  }
}

// exports.Set("devices", guarded<devices>(env, "devices"));
template <Napi::Value (*Function)(const Napi::CallbackInfo&)>
Napi::Function guarded(Napi::Env env, const char* name) {
  return Napi::Function::New(
      env,
      [](const Napi::CallbackInfo& info) {
        return guard(info.Env(), [&] { return Function(info); });
      },
      name);
}

}  // namespace hyperlift::addon
