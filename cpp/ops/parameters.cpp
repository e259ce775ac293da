#include "ops/op.h"

namespace hyperlift {

namespace {

[[noreturn]] void wrong(const char* name, const char* expected, bool given) {
  fail("TENSOR_PARAMETER", name, given ? ": expected " : " is missing: expected ", expected);
}

}  // namespace

const Parameter* Parameters::find(const char* name) const {
  const auto found = values_.find(name);
  if (found == values_.end() || std::holds_alternative<std::monostate>(found->second))
    return nullptr;
  return &found->second;
}

bool Parameters::has(const char* name) const { return find(name) != nullptr; }

bool Parameters::boolean(const char* name, std::optional<bool> fallback) const {
  const auto* value = find(name);
  if (value == nullptr && fallback) return *fallback;
  const auto* held = value == nullptr ? nullptr : std::get_if<bool>(value);
  if (held == nullptr) wrong(name, "true or false", value != nullptr);
  return *held;
}

int64_t Parameters::integer(const char* name, std::optional<int64_t> fallback) const {
  const auto* value = find(name);
  if (value == nullptr && fallback) return *fallback;
  const auto* held = value == nullptr ? nullptr : std::get_if<int64_t>(value);
  if (held == nullptr) wrong(name, "a whole number", value != nullptr);
  return *held;
}

double Parameters::number(const char* name, std::optional<double> fallback) const {
  const auto* value = find(name);
  if (value == nullptr && fallback) return *fallback;
  return scalar(name).toDouble();
}

at::Scalar Parameters::scalar(const char* name) const {
  const auto* value = find(name);
  if (value != nullptr) {
    if (const auto* whole = std::get_if<int64_t>(value)) return {*whole};
    if (const auto* real = std::get_if<double>(value)) return {*real};
    if (const auto* flag = std::get_if<bool>(value)) return {*flag};
  }
  wrong(name, "a number", value != nullptr);
}

std::string Parameters::text(const char* name, std::optional<std::string> fallback) const {
  const auto* value = find(name);
  if (value == nullptr && fallback) return *fallback;
  const auto* held = value == nullptr ? nullptr : std::get_if<std::string>(value);
  if (held == nullptr) wrong(name, "a string", value != nullptr);
  return *held;
}

std::vector<int64_t> Parameters::integers(const char* name) const {
  const auto* value = find(name);
  if (value != nullptr) {
    if (const auto* one = std::get_if<int64_t>(value)) return {*one};
    if (const auto* many = std::get_if<std::vector<int64_t>>(value)) return *many;
  }
  wrong(name, "whole numbers", value != nullptr);
}

std::vector<int64_t> Parameters::integers(const char* name, std::vector<int64_t> fallback) const {
  return has(name) ? integers(name) : std::move(fallback);
}

std::vector<int64_t> Parameters::pair(const char* name, int64_t fallback) const {
  auto values = integers(name, {fallback});
  if (values.size() == 1) values.push_back(values[0]);
  if (values.size() != 2) wrong(name, "one whole number, or two: [height, width]", true);
  return values;
}

}  // namespace hyperlift
