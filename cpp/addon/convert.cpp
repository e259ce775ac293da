#include "addon/convert.h"

#include "addon/tensor_handle.h"
#include "core/error.h"

#include <cmath>

namespace hyperlift::addon {

namespace {

[[noreturn]] void wrong(const char* what, const char* expected, const Napi::Value& value) {
  fail("ADDON_ARGUMENT", what, ": found ", value.ToString().Utf8Value(), ", expected ", expected);
}

template <class T>
std::vector<T> copy_of(const Napi::TypedArray& array) {
  const auto typed = array.As<Napi::TypedArrayOf<T>>();
  return {typed.Data(), typed.Data() + typed.ElementLength()};
}

template <class To, class From>
std::vector<To> widened(const Napi::TypedArray& array) {
  const auto typed = array.As<Napi::TypedArrayOf<From>>();
  return {typed.Data(), typed.Data() + typed.ElementLength()};
}

template <class Read>
auto array_of(const Napi::Value& value, const char* what, const char* expected, Read read) {
  if (!value.IsArray()) wrong(what, expected, value);
  const auto array = value.As<Napi::Array>();
  std::vector<decltype(read(value, what))> result(array.Length());
  for (uint32_t i = 0; i < array.Length(); ++i) result[i] = read(array.Get(i), what);
  return result;
}

OptionValue option_of(const Napi::Value& value, const char* what) {
  if (value.IsBoolean()) return value.As<Napi::Boolean>().Value();
  if (value.IsString()) return value.As<Napi::String>().Utf8Value();
  if (value.IsArray()) return integers_of(value, what);
  if (value.IsBigInt()) return integer_of(value, what);
  const double number = number_of(value, what);
  const bool whole = std::trunc(number) == number && std::abs(number) < 9007199254740992.0;
  return whole ? OptionValue(static_cast<int64_t>(number)) : OptionValue(number);
}

}  // namespace

bool boolean_of(const Napi::Value& value, const char* what) {
  if (!value.IsBoolean()) wrong(what, "true or false", value);
  return value.As<Napi::Boolean>().Value();
}

double number_of(const Napi::Value& value, const char* what) {
  if (!value.IsNumber()) wrong(what, "a number", value);
  return value.As<Napi::Number>().DoubleValue();
}

int64_t integer_of(const Napi::Value& value, const char* what) {
  if (value.IsBigInt()) {
    bool lossless = false;
    const int64_t result = value.As<Napi::BigInt>().Int64Value(&lossless);
    if (!lossless) wrong(what, "an integer of 64 bits", value);
    return result;
  }
  if (!value.IsNumber()) wrong(what, "a whole number", value);
  const double number = value.As<Napi::Number>().DoubleValue();
  if (std::trunc(number) != number || std::abs(number) > 9007199254740992.0) {
    wrong(what, "a whole number", value);
  }
  return static_cast<int64_t>(number);
}

std::string string_of(const Napi::Value& value, const char* what) {
  if (!value.IsString()) wrong(what, "a string", value);
  return value.As<Napi::String>().Utf8Value();
}

Napi::Object object_of(const Napi::Value& value, const char* what) {
  if (!value.IsObject() || value.IsArray()) wrong(what, "an object", value);
  return value.As<Napi::Object>();
}

std::vector<int64_t> integers_of(const Napi::Value& value, const char* what) {
  if (value.IsTypedArray()) {
    const auto array = value.As<Napi::TypedArray>();
    if (array.TypedArrayType() == napi_int32_array) return widened<int64_t, int32_t>(array);
    if (array.TypedArrayType() == napi_bigint64_array) return copy_of<int64_t>(array);
  }
  return array_of(value, what, "an array of whole numbers", integer_of);
}

std::vector<double> numbers_of(const Napi::Value& value, const char* what) {
  if (value.IsTypedArray()) {
    const auto array = value.As<Napi::TypedArray>();
    if (array.TypedArrayType() == napi_float64_array) return copy_of<double>(array);
    if (array.TypedArrayType() == napi_float32_array) return widened<double, float>(array);
  }
  return array_of(value, what, "an array of numbers", number_of);
}

std::vector<std::string> strings_of(const Napi::Value& value, const char* what) {
  return array_of(value, what, "an array of strings", string_of);
}

Napi::TypedArray typed_array_of(const Napi::Value& value, const char* what) {
  if (!value.IsTypedArray()) wrong(what, "a typed array", value);
  return value.As<Napi::TypedArray>();
}

OptionMap options_of(const Napi::Value& value, const char* what) {
  const auto object = object_of(value, what);
  const auto names = object.GetPropertyNames();
  OptionMap options;
  for (uint32_t i = 0; i < names.Length(); ++i) {
    const std::string name = names.Get(i).As<Napi::String>().Utf8Value();
    const Napi::Value option = object.Get(name);
    if (!option.IsUndefined()) options[name] = option_of(option, name.c_str());
  }
  return options;
}

NamedTensors tensors_of(const Napi::Value& value, const char* what) {
  const auto env = value.Env();
  const auto map = env.Global().Get("Map").As<Napi::Function>();
  if (!value.IsObject() || !value.As<Napi::Object>().InstanceOf(map)) {
    wrong(what, "a Map from name to tensor", value);
  }
  const auto array = env.Global().Get("Array").As<Napi::Object>();
  const auto entries =
      array.Get("from").As<Napi::Function>().Call(array, {value}).As<Napi::Array>();
  NamedTensors tensors;
  for (uint32_t i = 0; i < entries.Length(); ++i) {
    const auto entry = entries.Get(i).As<Napi::Array>();
    std::string name = string_of(entry.Get(0U), what);
    auto tensor = TensorHandle::unwrap(entry.Get(1U), name.c_str());
    tensors.emplace_back(std::move(name), std::move(tensor));
  }
  return tensors;
}

// Asked of the array itself: its buffer may be a SharedArrayBuffer, which Node-API does not take
// for an ArrayBuffer.
const void* data_of(const Napi::TypedArray& array) {
  void* data = nullptr;
  const auto status =
      napi_get_typedarray_info(array.Env(), array, nullptr, nullptr, &data, nullptr, nullptr);
  if (status != napi_ok) throw Napi::Error::New(array.Env());
  return data;
}

Napi::Value to_js(Napi::Env env, at::IntArrayRef values) {
  auto array = Napi::Array::New(env, values.size());
  for (uint32_t i = 0; i < values.size(); ++i) {
    array.Set(i, Napi::Number::New(env, static_cast<double>(values[i])));
  }
  return array;
}

Napi::Value to_js(Napi::Env env, const std::vector<std::string>& values) {
  auto array = Napi::Array::New(env, values.size());
  for (uint32_t i = 0; i < values.size(); ++i) array.Set(i, Napi::String::New(env, values[i]));
  return array;
}

Napi::Value to_js(Napi::Env env, const std::vector<double>& values) {
  auto array = Napi::Array::New(env, values.size());
  for (uint32_t i = 0; i < values.size(); ++i) array.Set(i, Napi::Number::New(env, values[i]));
  return array;
}

Napi::Value to_js(Napi::Env env, const OptionValue& value) {
  return std::visit(
      [env](const auto& held) -> Napi::Value {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, std::vector<int64_t>>) {
          return to_js(env, at::IntArrayRef(held));
        } else if constexpr (std::is_same_v<Held, int64_t>) {
          return Napi::Number::New(env, static_cast<double>(held));
        } else {
          return Napi::Value::From(env, held);
        }
      },
      value);
}

Napi::Value to_js(Napi::Env env, const OptionMap& values) {
  auto object = Napi::Object::New(env);
  for (const auto& [name, value] : values) object.Set(name, to_js(env, value));
  return object;
}

Napi::Value to_js(Napi::Env env, const std::map<std::string, double>& values) {
  auto object = Napi::Object::New(env);
  for (const auto& [name, value] : values) object.Set(name, Napi::Number::New(env, value));
  return object;
}

Napi::Value to_js(Napi::Env env, const NamedTensors& tensors) {
  auto entries = Napi::Array::New(env, tensors.size());
  for (uint32_t i = 0; i < tensors.size(); ++i) {
    auto entry = Napi::Array::New(env, 2);
    entry.Set(0U, Napi::String::New(env, tensors[i].first));
    entry.Set(1U, TensorHandle::wrap(env, tensors[i].second));
    entries.Set(i, entry);
  }
  return env.Global().Get("Map").As<Napi::Function>().New({entries});
}

}  // namespace hyperlift::addon
