#include "addon/guard.h"

#include "addon/environment.h"
#include "core/error.h"
#include "core/torch.h"

#include <new>

namespace hyperlift::addon {

namespace {

Failure out_of_memory(const std::string& detail) {
  return {"RUN_OUT_OF_MEMORY",
          "not enough memory: " + detail +
              ". Use smaller patches, batches or tiles, or dispose tensors earlier"};
}

Failure from_torch(const c10::Error& error) {
  std::string message = error.what_without_backtrace();
  while (!message.empty() && (message.back() == '\n' || message.back() == ' ')) message.pop_back();
  if (is_out_of_memory(error)) return out_of_memory(message);
  return {"TENSOR_OPERATION", message};
}

}  // namespace

Failure current_failure() {
  try {
    throw;
  } catch (const Error& error) {
    return {error.code(), error.what()};
  } catch (const c10::Error& error) {
    return from_torch(error);
  } catch (const std::bad_alloc&) {
    return out_of_memory("an allocation of the addon failed");
  } catch (const Napi::Error& error) {
    return {"ADDON_JAVASCRIPT", error.Message()};
  } catch (const std::exception& error) {
    return {"ADDON_FAILURE", error.what()};
  } catch (...) {
    return {"ADDON_FAILURE", "an exception of an unknown type left native code"};
  }
}

Napi::Value to_js(Napi::Env env, const Failure& failure) {
  const auto& factory = Environment::of(env).error_factory();
  if (!factory.IsEmpty()) {
    return factory.Call(
        {Napi::String::New(env, failure.code), Napi::String::New(env, failure.message)});
  }
  auto error = Napi::Error::New(env, failure.message);
  error.Set("code", Napi::String::New(env, failure.code));
  return error.Value();
}

void throw_js(Napi::Env env, const Failure& failure) {
  throw Napi::Error(env, to_js(env, failure));
}

}  // namespace hyperlift::addon
