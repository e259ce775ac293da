// Creation of tensors from JavaScript's values, and their way back.
#include "addon/convert.h"
#include "addon/exports.h"
#include "addon/tensor_handle.h"
#include "core/device.h"
#include "core/dtype.h"

#include <cstring>

namespace hyperlift::addon {

namespace {

napi_typedarray_type array_type(at::ScalarType dtype) {
  switch (dtype) {
    case at::kByte:
    case at::kBool:
      return napi_uint8_array;
    case at::kShort:
      return napi_int16_array;
    case at::kInt:
      return napi_int32_array;
    case at::kLong:
      return napi_bigint64_array;
    case at::kFloat:
      return napi_float32_array;
    case at::kDouble:
      return napi_float64_array;
    default:  // uint16, and the bits of float16 and bfloat16
      return napi_uint16_array;
  }
}

const char* array_name(napi_typedarray_type type) {
  switch (type) {
    case napi_uint8_array:
      return "Uint8Array";
    case napi_int16_array:
      return "Int16Array";
    case napi_uint16_array:
      return "Uint16Array";
    case napi_int32_array:
      return "Int32Array";
    case napi_bigint64_array:
      return "BigInt64Array";
    case napi_float32_array:
      return "Float32Array";
    case napi_float64_array:
      return "Float64Array";
    default:
      return "typed array of another kind";
  }
}

// Checks that `values` elements fill the shape.
void check_count(const char* op, const std::vector<int64_t>& shape, size_t values) {
  int64_t count = 1;
  for (const int64_t size : shape) {
    if (size < 0) {
      fail("TENSOR_SHAPE", op, ": found shape ", at::IntArrayRef(shape),
           ", expected sizes of 0 or more");
    }
    if (__builtin_mul_overflow(count, size, &count)) {
      fail("TENSOR_SHAPE", op, ": shape ", at::IntArrayRef(shape), " has too many elements");
    }
  }
  if (count != static_cast<int64_t>(values)) {
    fail("TENSOR_SHAPE", op, ": found ", values, " values, expected ", count, " for shape ",
         at::IntArrayRef(shape));
  }
}

// fromTypedArray(data, shape, dtype, device): copies the values. Bytes of a bool tensor count as
// true unless 0.
Napi::Value from_typed_array(const Napi::CallbackInfo& info) {
  const auto data = typed_array_of(info[0], "data");
  const auto shape = integers_of(info[1], "shape");
  const auto dtype = dtype_of(string_of(info[2], "dtype"));
  const auto device = device_of(string_of(info[3], "device"));
  if (data.TypedArrayType() != array_type(dtype)) {
    fail("TENSOR_DTYPE", "fromTypedArray: found a ", array_name(data.TypedArrayType()), " for ",
         dtype_name(dtype), ", expected a ", array_name(array_type(dtype)));
  }
  check_count("fromTypedArray", shape, data.ElementLength());
  if (dtype == at::kBool) {
    auto bytes = at::empty(shape, at::kByte);
    std::memcpy(bytes.mutable_data_ptr(), data_of(data), data.ByteLength());
    return TensorHandle::wrap(info.Env(), bytes.ne(0).to(device));
  }
  auto tensor = at::empty(shape, dtype);
  if (tensor.numel() > 0) std::memcpy(tensor.mutable_data_ptr(), data_of(data), data.ByteLength());
  return TensorHandle::wrap(info.Env(), device.is_cpu() ? tensor : tensor.to(device));
}

// fromNumbers(data, shape, dtype, device): a Float64Array whose values become the dtype's.
Napi::Value from_numbers(const Napi::CallbackInfo& info) {
  const auto values = numbers_of(info[0], "values");
  const auto shape = integers_of(info[1], "shape");
  check_count("tensor", shape, values.size());
  auto tensor = at::empty(shape, at::kDouble);
  std::copy(values.begin(), values.end(), tensor.mutable_data_ptr<double>());
  return TensorHandle::wrap(info.Env(), tensor.to(device_of(string_of(info[3], "device")),
                                                  dtype_of(string_of(info[2], "dtype"))));
}

// An array buffer over `values`, which it keeps alive where the runtime allows that, else over a
// copy.
Napi::ArrayBuffer buffer_of(Napi::Env env, const at::Tensor& values) {
  const size_t bytes = values.nbytes();
  constexpr size_t kWorthSharing = 65536;  // below this a copy is cheaper than a finalizer
  if (bytes >= kWorthSharing) {
    auto* kept = new at::Tensor(values);
    napi_value result = nullptr;
    const auto status = napi_create_external_arraybuffer(
        env, kept->mutable_data_ptr(), bytes,
        [](napi_env, void*, void* hint) { delete static_cast<at::Tensor*>(hint); }, kept, &result);
    if (status == napi_ok) return {env, result};
    delete kept;
  }
  auto buffer = Napi::ArrayBuffer::New(env, bytes);
  if (bytes > 0) std::memcpy(buffer.Data(), values.const_data_ptr(), bytes);
  return buffer;
}

Napi::Value array_over(Napi::Env env, const at::Tensor& values) {
  napi_value result = nullptr;
  const auto status = napi_create_typedarray(env, array_type(values.scalar_type()),
                                             static_cast<size_t>(values.numel()),
                                             buffer_of(env, values), 0, &result);
  if (status != napi_ok) throw Napi::Error::New(env);
  return {env, result};
}

// toTypedArray(tensor) -> Promise<typed array>, values in row-major order of the shape.
Napi::Value to_typed_array(const Napi::CallbackInfo& info) {
  auto tensor = TensorHandle::unwrap(info[0]);
  return Environment::of(info.Env())
      .enqueue(
          info.Env(),
          [tensor] {
            // Always a copy: the array must not change with the tensor.
            auto values = tensor.detach().to(at::kCPU).contiguous();
            return values.is_alias_of(tensor) ? values.clone(at::MemoryFormat::Contiguous) : values;
          },
          [](Napi::Env env, at::Tensor&& values) { return array_over(env, values); });
}

void init_tensor(Napi::Env env, Napi::Object exports) {
  TensorHandle::define_class(env);
  exports.Set("fromTypedArray", guarded<from_typed_array>(env, "fromTypedArray"));
  exports.Set("fromNumbers", guarded<from_numbers>(env, "fromNumbers"));
  exports.Set("toTypedArray", guarded<to_typed_array>(env, "toTypedArray"));
}

}  // namespace

HYPERLIFT_EXPORTS(init_tensor)

}  // namespace hyperlift::addon
