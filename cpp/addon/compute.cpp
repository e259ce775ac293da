// The tensor operations of cpp/ops, as compute (on the queue), view and create (at once), and what
// they need of JavaScript: mixed inputs, named parameters, the grad mode of the call, a stop token.
#include "addon/compute.h"

#include "addon/convert.h"
#include "addon/exports.h"

#include <cmath>

namespace hyperlift::addon {

namespace {

bool is_whole(double value) {
  return std::trunc(value) == value && std::abs(value) < 9007199254740992.0 &&
         !(value == 0 && std::signbit(value));
}

Parameter list_of(const Napi::Array& array, const char* name) {
  const auto numbers = numbers_of(array, name);
  for (const double value : numbers) {
    if (!is_whole(value)) return numbers;
  }
  return std::vector<int64_t>(numbers.begin(), numbers.end());
}

Parameter parameter_of(const Napi::Value& value, const char* name) {
  if (value.IsNull() || value.IsUndefined()) return std::monostate();
  if (value.IsBoolean()) return value.As<Napi::Boolean>().Value();
  if (value.IsString()) return value.As<Napi::String>().Utf8Value();
  if (value.IsBigInt()) return integer_of(value, name);
  if (value.IsArray()) return list_of(value.As<Napi::Array>(), name);
  if (!value.IsNumber()) fail("TENSOR_PARAMETER", name, ": found a value of no usable type");
  const double number = value.As<Napi::Number>().DoubleValue();
  return is_whole(number) ? Parameter(static_cast<int64_t>(number)) : Parameter(number);
}

at::Tensor input_of(const Napi::Value& value, const std::string& op) {
  if (value.IsNumber()) {
    const double number = value.As<Napi::Number>().DoubleValue();
    return is_whole(number) ? number_input(static_cast<int64_t>(number)) : number_input(number);
  }
  if (value.IsBigInt()) return number_input(integer_of(value, op.c_str()));
  if (!TensorHandle::is(value)) {
    fail("TENSOR_EXPECTED", op, ": found ", value.ToString().Utf8Value(),
         ", expected a tensor of this thread or a number");
  }
  return TensorHandle::unwrap(value, op.c_str());
}

struct Call {
  std::string op;
  Tensors inputs;
  Parameters parameters;
  bool grad;
};

// (op, inputs, parameters, grad)
Call call_of(const Napi::CallbackInfo& info) {
  Call call;
  call.op = string_of(info[0], "op");
  const auto inputs = info[1].As<Napi::Array>();
  for (uint32_t i = 0; i < inputs.Length(); ++i) {
    call.inputs.push_back(input_of(inputs.Get(i), call.op));
  }
  call.parameters = parameters_of(info[2]);
  call.grad = boolean_of(info[3], "grad");
  return call;
}

Tensors run(OpKind kind, const Call& call) {
  // LibTorch keeps the grad mode per thread: it travels with the call.
  const at::AutoGradMode mode(call.grad);
  return run_op(kind, call.op, call.inputs, call.parameters);
}

Napi::Value handles_of(Napi::Env env, Tensors&& tensors) {
  auto array = Napi::Array::New(env, tensors.size());
  for (uint32_t i = 0; i < tensors.size(); ++i) {
    array.Set(i, TensorHandle::wrap(env, std::move(tensors[i])));
  }
  return array;
}

// compute(op, inputs, parameters, grad, stop?) -> Promise<tensors>
Napi::Value compute(const Napi::CallbackInfo& info) {
  return Environment::of(info.Env())
      .enqueue(
          info.Env(), [call = call_of(info)] { return run(OpKind::compute, call); }, handles_of,
          stop_of(info[4]));
}

// view(op, inputs, parameters, grad) -> tensors
Napi::Value view(const Napi::CallbackInfo& info) {
  Call call = call_of(info);
  // A view of a leaf says that it requires a gradient even when made without grad mode.
  if (!call.grad) {
    for (auto& input : call.inputs) input = input.detach();
  }
  return handles_of(info.Env(), run(OpKind::view, call));
}

// create(op, parameters) -> tensor
Napi::Value create(const Napi::CallbackInfo& info) {
  auto outputs = run_op(OpKind::create, string_of(info[0], "op"), {}, parameters_of(info[1]));
  return TensorHandle::wrap(info.Env(), std::move(outputs[0]));
}

Napi::Value operations(const Napi::CallbackInfo& info) { return to_js(info.Env(), op_names()); }

Napi::Value stop_token(const Napi::CallbackInfo& info) {
  return StopToken::create(info.Env(), std::make_shared<std::atomic<bool>>(false));
}

void init_compute(Napi::Env env, Napi::Object exports) {
  StopToken::define(env, {StopToken::method<&StopToken::stop>("stop")});
  exports.Set("compute", guarded<compute>(env, "compute"));
  exports.Set("view", guarded<view>(env, "view"));
  exports.Set("create", guarded<create>(env, "create"));
  exports.Set("operations", guarded<operations>(env, "operations"));
  exports.Set("stopToken", guarded<stop_token>(env, "stopToken"));
}

}  // namespace

HYPERLIFT_EXPORTS(init_compute)

Napi::Value StopToken::stop(const Napi::CallbackInfo& info) {
  *flag_ = true;
  return info.Env().Undefined();
}

StopFlag stop_of(const Napi::Value& value) {
  if (value.IsUndefined() || value.IsNull()) return nullptr;
  return StopToken::of(value, "stop").flag();
}

Parameters parameters_of(const Napi::Value& value) {
  Parameters parameters;
  if (value.IsNull() || value.IsUndefined()) return parameters;
  const auto object = object_of(value, "parameters");
  const auto names = object.GetPropertyNames();
  for (uint32_t i = 0; i < names.Length(); ++i) {
    const auto name = names.Get(i).As<Napi::String>().Utf8Value();
    parameters.set(name, parameter_of(object.Get(name), name.c_str()));
  }
  return parameters;
}

}  // namespace hyperlift::addon
