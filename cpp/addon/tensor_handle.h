// The JavaScript handle of a tensor. Creation, views and properties are methods here; everything
// that computes goes through the queue.
#pragma once

#include "addon/wrapped.h"
#include "core/torch.h"

namespace hyperlift::addon {

class TensorHandle : public Wrapped<TensorHandle> {
 public:
  static constexpr const char* kName = "NativeTensor";
  static constexpr napi_type_tag kTag = {0x6b1f0c8e2a9d4f37, 0x91c5e07d83b2a64f};

  explicit TensorHandle(const Napi::CallbackInfo& info);
  ~TensorHandle() override;

  // A new handle of `tensor`, counted until it is disposed or collected.
  static Napi::Object wrap(Napi::Env env, at::Tensor tensor);
  // Throws TENSOR_EXPECTED for a value that is no handle, TENSOR_DISPOSED for one already disposed.
  static at::Tensor unwrap(const Napi::Value& value, const char* what = "tensor");

  static void define_class(Napi::Env env);

  at::Tensor& tensor();

  Napi::Value shape(const Napi::CallbackInfo& info);
  Napi::Value dtype(const Napi::CallbackInfo& info);
  Napi::Value device(const Napi::CallbackInfo& info);
  Napi::Value requires_grad(const Napi::CallbackInfo& info);
  Napi::Value contiguous(const Napi::CallbackInfo& info);
  Napi::Value disposed(const Napi::CallbackInfo& info);
  Napi::Value grad(const Napi::CallbackInfo& info);
  Napi::Value set_requires_grad(const Napi::CallbackInfo& info);
  Napi::Value dispose(const Napi::CallbackInfo& info);

 private:
  void release();

  at::Tensor tensor_;
  std::shared_ptr<Ledger> ledger_;
  const void* storage_ = nullptr;  // the key under which the ledger counts this handle
};

}  // namespace hyperlift::addon
