// Readers and makers of JavaScript values. A reader takes `what`, the name of the argument or
// property, for its message; a value of another type is ADDON_ARGUMENT.
#pragma once

#include "addon/napi.h"
#include "core/torch.h"
#include "models/options.h"

namespace hyperlift::addon {

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

bool boolean_of(const Napi::Value& value, const char* what);
double number_of(const Napi::Value& value, const char* what);
int64_t integer_of(const Napi::Value& value, const char* what);  // a whole number or a BigInt
std::string string_of(const Napi::Value& value, const char* what);
Napi::Object object_of(const Napi::Value& value, const char* what);
// Arrays of numbers or BigInts, or the typed arrays of those (Int32Array, BigInt64Array;
// Float32Array, Float64Array).
std::vector<int64_t> integers_of(const Napi::Value& value, const char* what);
std::vector<double> numbers_of(const Napi::Value& value, const char* what);
std::vector<std::string> strings_of(const Napi::Value& value, const char* what);
Napi::TypedArray typed_array_of(const Napi::Value& value, const char* what);
OptionMap options_of(const Napi::Value& value, const char* what);     // a plain object
NamedTensors tensors_of(const Napi::Value& value, const char* what);  // Map<string, tensor>

// object[name] through one of the readers: get<integer_of>(config, "batch"). The _or form takes
// `fallback` for undefined and null.
template <auto Reader>
auto get(const Napi::Object& object, const char* name) {
  return Reader(object.Get(name), name);
}
template <auto Reader, class T>
auto get_or(const Napi::Object& object, const char* name, T fallback)
    -> decltype(Reader(object, name)) {
  const Napi::Value value = object.Get(name);
  if (value.IsUndefined() || value.IsNull()) return fallback;
  return Reader(value, name);
}

// Bytes of a typed array, wherever in its buffer it lies.
const void* data_of(const Napi::TypedArray& array);

Napi::Value to_js(Napi::Env env, at::IntArrayRef values);
Napi::Value to_js(Napi::Env env, const std::vector<std::string>& values);
Napi::Value to_js(Napi::Env env, const std::vector<double>& values);
Napi::Value to_js(Napi::Env env, const OptionValue& value);
Napi::Value to_js(Napi::Env env, const OptionMap& values);
Napi::Value to_js(Napi::Env env, const std::map<std::string, double>& values);  // a plain object
Napi::Value to_js(Napi::Env env, const NamedTensors& tensors);  // Map<string, handle>

}  // namespace hyperlift::addon
