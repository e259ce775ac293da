#include "core/dtype.h"

#include "core/error.h"

#include <array>

namespace hyperlift {

namespace {

struct Named {
  const char* name;
  at::ScalarType dtype;
};

constexpr std::array<Named, 10> kTypes{{{"uint8", at::kByte},
                                        {"int16", at::kShort},
                                        {"uint16", at::kUInt16},
                                        {"int32", at::kInt},
                                        {"int64", at::kLong},
                                        {"float16", at::kHalf},
                                        {"bfloat16", at::kBFloat16},
                                        {"float32", at::kFloat},
                                        {"float64", at::kDouble},
                                        {"bool", at::kBool}}};

std::string known() {
  std::vector<std::string> names;
  for (const auto& type : kTypes) names.emplace_back(type.name);
  return c10::Join(", ", names);
}

}  // namespace

at::ScalarType dtype_of(const std::string& name) {
  for (const auto& type : kTypes) {
    if (name == type.name) return type.dtype;
  }
  fail("TENSOR_DTYPE", "dtype '", name, "': expected one of ", known());
}

std::string dtype_name(at::ScalarType dtype) {
  for (const auto& type : kTypes) {
    if (dtype == type.dtype) return type.name;
  }
  fail("TENSOR_DTYPE", "dtype ", dtype, " is not offered: expected one of ", known());
}

std::string describe(const at::Tensor& tensor) {
  if (!tensor.defined()) return "no tensor";
  for (const auto& type : kTypes) {
    if (tensor.scalar_type() == type.dtype) return c10::str(type.name, " ", tensor.sizes());
  }
  return c10::str(tensor.scalar_type(), " ", tensor.sizes());
}

std::string describe(const std::vector<at::Tensor>& tensors) {
  std::vector<std::string> parts;
  for (const auto& tensor : tensors) parts.push_back(describe(tensor));
  return c10::Join(" and ", parts);
}

}  // namespace hyperlift
