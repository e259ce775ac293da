// The addon's one entry: environment data, the facts of the build, then every file's own exports.
#include "addon/convert.h"
#include "addon/environment.h"
#include "addon/exports.h"
#include "core/block_cache.h"
#include "core/device.h"
#include "core/threads.h"

#include <torch/version.h>

namespace hyperlift::addon {

std::vector<Init>& inits() {
  static std::vector<Init> list;
  return list;
}

bool add_init(Init init) {
  inits().push_back(init);
  return true;
}

namespace {

Napi::Value connect(const Napi::CallbackInfo& info) {
  const auto hooks = object_of(info[0], "hooks");
  Environment::of(info.Env())
      .connect(hooks.Get("error").As<Napi::Function>(),
               hooks.Get("threadStarted").As<Napi::Function>());
  return info.Env().Undefined();
}

Napi::Value stop_and_join(const Napi::CallbackInfo& info) {
  Environment::of(info.Env()).stop_and_join();
  return info.Env().Undefined();
}

Napi::Value versions(const Napi::CallbackInfo& info) {
  auto result = Napi::Object::New(info.Env());
  result.Set("libtorch", TORCH_VERSION);
  result.Set("config", at::show_config());
  result.Set("parallel", at::get_parallel_info());
  return result;
}

Napi::Value list_devices(const Napi::CallbackInfo& info) { return to_js(info.Env(), devices()); }

Napi::Value resolve_device(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), device_name(device_of(string_of(info[0], "device"))));
}

Napi::Value get_threads(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), threads());
}

Napi::Value change_threads(const Napi::CallbackInfo& info) {
  set_threads(static_cast<int>(integer_of(info[0], "threads")));
  return info.Env().Undefined();
}

Napi::Value memory(const Napi::CallbackInfo& info) {
  const auto& ledger = *Environment::of(info.Env()).ledger();
  auto result = Napi::Object::New(info.Env());
  result.Set("tensors", static_cast<double>(ledger.tensors()));
  result.Set("bytes", static_cast<double>(ledger.bytes()));
  return result;
}

Napi::Value kept_memory(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(kept_bytes()));
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  install_block_cache();
  compute_alone();
  env.SetInstanceData(new Environment(env));
  exports.Set("connect", guarded<connect>(env, "connect"));
  exports.Set("stopAndJoin", guarded<stop_and_join>(env, "stopAndJoin"));
  exports.Set("versions", guarded<versions>(env, "versions"));
  exports.Set("devices", guarded<list_devices>(env, "devices"));
  exports.Set("resolveDevice", guarded<resolve_device>(env, "resolveDevice"));
  exports.Set("threads", guarded<get_threads>(env, "threads"));
  exports.Set("setThreads", guarded<change_threads>(env, "setThreads"));
  exports.Set("memory", guarded<memory>(env, "memory"));
  exports.Set("keptMemory", guarded<kept_memory>(env, "keptMemory"));
  for (const Init add : inits()) add(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(hyperlift, init)

}  // namespace hyperlift::addon
