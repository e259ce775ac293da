// A JavaScript class over a C++ one: guarded methods, an instance check that no foreign object
// passes, creation from native code only.
//   class Counter : public Wrapped<Counter> {
//    public:
//     static constexpr const char* kName = "Counter";
//     static constexpr napi_type_tag kTag = {0x..., 0x...};  // any two random numbers
//     using Payload = std::shared_ptr<Thing>;                // what create() hands to the
//     constructor Counter(const Napi::CallbackInfo& info) : Wrapped(info),
//     thing_(take_payload(info)) {} Napi::Value next(const Napi::CallbackInfo& info);
//   };
//   Counter::define(env, {Counter::method<&Counter::next>("next"),
//   Counter::getter<&Counter::count>("count")}); return Counter::create(env,
//   std::make_shared<Thing>());
#pragma once

#include "addon/environment.h"
#include "addon/guard.h"
#include "addon/napi.h"
#include "core/error.h"

#include <utility>
#include <vector>

namespace hyperlift::addon {

template <class T>
class Wrapped : public Napi::ObjectWrap<T> {
 public:
  using Base = Napi::ObjectWrap<T>;
  using Descriptor = Napi::ClassPropertyDescriptor<T>;

  explicit Wrapped(const Napi::CallbackInfo& info) : Base(info) {
    // Only create() passes an external: `new handle.constructor()` from a script must not get this
    // far.
    if (info.Length() != 1 || !info[0].IsExternal()) {
      throw_js(info.Env(),
               {"ADDON_ARGUMENT", std::string(T::kName) + " cannot be constructed directly"});
    }
    info.This().template As<Napi::Object>().TypeTag(&T::kTag);
  }

  static void define(Napi::Env env, const std::vector<Descriptor>& properties) {
    auto& constructor = Environment::of(env).constructor(T::kName);
    constructor = Napi::Persistent(T::DefineClass(env, T::kName, properties));
    constructor.SuppressDestruct();
  }

  template <class Payload>
  static Napi::Object create(Napi::Env env, Payload payload) {
    const auto external = Napi::External<Payload>::New(env, &payload);
    return Environment::of(env).constructor(T::kName).New({external});
  }

  static bool is(const Napi::Value& value) {
    return value.IsObject() && value.As<Napi::Object>().CheckTypeTag(&T::kTag);
  }

  static T& of(const Napi::Value& value, const char* what) {
    if (!is(value)) fail("ADDON_ARGUMENT", what, ": expected a ", T::kName);
    return *Base::Unwrap(value.As<Napi::Object>());
  }

  template <Napi::Value (T::*Method)(const Napi::CallbackInfo&)>
  static Descriptor method(const char* name) {
    using Callback = Napi::Value (T::*)(const Napi::CallbackInfo&);
    return Base::InstanceMethod(name, static_cast<Callback>(&Wrapped::template call<Method>),
                                napi_default_method);
  }

  template <Napi::Value (T::*Getter)(const Napi::CallbackInfo&)>
  static Descriptor getter(const char* name) {
    using Callback = Napi::Value (T::*)(const Napi::CallbackInfo&);
    return Base::InstanceAccessor(name, static_cast<Callback>(&Wrapped::template call<Getter>),
                                  nullptr, napi_default);
  }

 protected:
  template <class Payload>
  static Payload take_payload(const Napi::CallbackInfo& info) {
    return std::move(*info[0].As<Napi::External<Payload>>().Data());
  }

 private:
  template <Napi::Value (T::*Method)(const Napi::CallbackInfo&)>
  Napi::Value call(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&] { return (static_cast<T*>(this)->*Method)(info); });
  }
};

}  // namespace hyperlift::addon
