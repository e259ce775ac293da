// The JavaScript handle of a scene store.
#pragma once

#include "addon/wrapped.h"
#include "data/sampler.h"

namespace hyperlift::addon {

class SceneStoreHandle : public Wrapped<SceneStoreHandle> {
 public:
  static constexpr const char* kName = "NativeSceneStore";
  static constexpr napi_type_tag kTag = {0x1d6e83f04b7a4c95, 0xb2395ac87f10e64d};
  using Payload = std::shared_ptr<SceneStore>;

  explicit SceneStoreHandle(const Napi::CallbackInfo& info)
      : Wrapped(info), store_(take_payload<Payload>(info)) {}

  // Throws DATA_SCENE after dispose.
  const Payload& store() const;

  Napi::Value add(const Napi::CallbackInfo& info);
  Napi::Value add_resized(const Napi::CallbackInfo& info);
  Napi::Value resized(const Napi::CallbackInfo& info);
  Napi::Value count(const Napi::CallbackInfo& info);
  Napi::Value bytes(const Napi::CallbackInfo& info);
  Napi::Value sample(const Napi::CallbackInfo& info);
  Napi::Value dispose(const Napi::CallbackInfo& info);

 private:
  Payload store_;
};

}  // namespace hyperlift::addon
