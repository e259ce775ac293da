#include "addon/tensor_handle.h"

#include "addon/convert.h"
#include "core/device.h"
#include "core/dtype.h"

namespace hyperlift::addon {

TensorHandle::TensorHandle(const Napi::CallbackInfo& info)
    : Wrapped(info),
      tensor_(take_payload<at::Tensor>(info)),
      ledger_(Environment::of(info.Env()).ledger()) {
  const auto& storage = tensor_.storage();
  storage_ = storage.unsafeGetStorageImpl();
  ledger_->add(storage_, static_cast<int64_t>(storage.nbytes()));
}

TensorHandle::~TensorHandle() { release(); }

void TensorHandle::release() {
  if (storage_ == nullptr) return;
  ledger_->remove(storage_);
  storage_ = nullptr;
  tensor_.reset();
}

Napi::Object TensorHandle::wrap(Napi::Env env, at::Tensor tensor) {
  return create(env, std::move(tensor));
}

at::Tensor TensorHandle::unwrap(const Napi::Value& value, const char* what) {
  if (!is(value)) fail("TENSOR_EXPECTED", what, ": expected a tensor of this thread");
  return Base::Unwrap(value.As<Napi::Object>())->tensor();
}

at::Tensor& TensorHandle::tensor() {
  if (storage_ == nullptr) {
    fail("TENSOR_DISPOSED", "the tensor was disposed: its values and shape are gone");
  }
  return tensor_;
}

Napi::Value TensorHandle::shape(const Napi::CallbackInfo& info) {
  return to_js(info.Env(), tensor().sizes());
}

Napi::Value TensorHandle::dtype(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), dtype_name(tensor().scalar_type()));
}

Napi::Value TensorHandle::device(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), device_name(tensor().device()));
}

Napi::Value TensorHandle::requires_grad(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), tensor().requires_grad());
}

Napi::Value TensorHandle::contiguous(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), tensor().is_contiguous());
}

Napi::Value TensorHandle::disposed(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), storage_ == nullptr);
}

Napi::Value TensorHandle::grad(const Napi::CallbackInfo& info) {
  if (*Environment::of(info.Env()).gradient_writers() > 0) {
    fail("TENSOR_GRAD", "grad: a backward pass or zeroGrad has not ended yet: await it first");
  }
  const auto& value = tensor().grad();
  if (!value.defined()) return info.Env().Null();
  return wrap(info.Env(), value);
}

Napi::Value TensorHandle::set_requires_grad(const Napi::CallbackInfo& info) {
  auto& self = tensor();
  const bool wanted = boolean_of(info[0], "requiresGrad");
  if (wanted && !at::isFloatingType(self.scalar_type())) {
    fail("TENSOR_DTYPE", "requiresGrad: found ", describe(self), ", expected a floating dtype");
  }
  if (!self.is_leaf()) {
    fail("TENSOR_GRAD",
         "requiresGrad: the tensor was computed from others that require a gradient; ",
         "change it on those, or on detach() of this one");
  }
  self.set_requires_grad(wanted);
  return info.Env().Undefined();
}

Napi::Value TensorHandle::dispose(const Napi::CallbackInfo& info) {
  release();
  return info.Env().Undefined();
}

void TensorHandle::define_class(Napi::Env env) {
  define(env, {getter<&TensorHandle::shape>("shape"), getter<&TensorHandle::dtype>("dtype"),
               getter<&TensorHandle::device>("device"), getter<&TensorHandle::disposed>("disposed"),
               getter<&TensorHandle::requires_grad>("requiresGrad"),
               getter<&TensorHandle::contiguous>("contiguous"), getter<&TensorHandle::grad>("grad"),
               method<&TensorHandle::set_requires_grad>("setRequiresGrad"),
               method<&TensorHandle::dispose>("dispose")});
}

}  // namespace hyperlift::addon
