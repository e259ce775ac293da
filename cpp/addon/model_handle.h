// The JavaScript handle of a network.
#pragma once

#include "addon/wrapped.h"
#include "models/model.h"

namespace hyperlift::addon {

class ModelHandle : public Wrapped<ModelHandle> {
 public:
  static constexpr const char* kName = "NativeModel";
  static constexpr napi_type_tag kTag = {0x52c8a17e90fb4d36, 0x8ef1604bd3a7c259};
  using Payload = std::shared_ptr<Model>;

  explicit ModelHandle(const Napi::CallbackInfo& info)
      : Wrapped(info), model_(take_payload<Payload>(info)) {}

  static void define_class(Napi::Env env);

  // Throws MODEL_DISPOSED after dispose. Whoever computes with it does so on the queue or holds the
  // network alone.
  const Payload& model() const;

  Napi::Value id(const Napi::CallbackInfo& info);
  Napi::Value options(const Napi::CallbackInfo& info);
  Napi::Value parameters_count(const Napi::CallbackInfo& info);
  Napi::Value aliases(const Napi::CallbackInfo& info);
  Napi::Value state(const Napi::CallbackInfo& info);
  Napi::Value load(const Napi::CallbackInfo& info);
  Napi::Value forward(const Napi::CallbackInfo& info);
  Napi::Value upscale_band(const Napi::CallbackInfo& info);
  Napi::Value accumulate(const Napi::CallbackInfo& info);
  Napi::Value solve(const Napi::CallbackInfo& info);
  Napi::Value count_operations(const Napi::CallbackInfo& info);
  Napi::Value to(const Napi::CallbackInfo& info);
  Napi::Value train(const Napi::CallbackInfo& info);
  Napi::Value disposed(const Napi::CallbackInfo& info);
  Napi::Value dispose(const Napi::CallbackInfo& info);

 private:
  template <class Work>
  Napi::Value enqueue(const Napi::CallbackInfo& info, Work work);

  Payload model_;
};

}  // namespace hyperlift::addon
