#include "models/options.h"

#include <algorithm>

namespace hyperlift {

std::string type_name(const OptionValue& value) {
  static const char* const names[] = {"boolean", "integer", "number", "string", "integers"};
  return names[value.index()];
}

ReadOptions::ReadOptions(std::string model, const OptionMap& values)
    : model_(std::move(model)), values_(values) {}

const OptionValue* ReadOptions::take(const OptionName& name) {
  const auto ours = values_.find(name.name);
  const auto theirs = *name.author_name != '\0' ? values_.find(name.author_name) : values_.end();
  if (ours != values_.end()) taken_.emplace_back(name.name);
  if (theirs != values_.end()) taken_.emplace_back(name.author_name);
  if (ours != values_.end()) return &ours->second;
  return theirs != values_.end() ? &theirs->second : nullptr;
}

void ReadOptions::wrong_type(const OptionValue& value, const OptionName& name,
                             const char* expected) const {
  fail("MODEL_OPTION", "network ", model_, ": option ", name.name, " is of type ", type_name(value),
       ", expected ", expected);
}

void ReadOptions::assign(bool& field, const OptionValue& value, const OptionName& name) const {
  if (!std::holds_alternative<bool>(value)) wrong_type(value, name, "boolean");
  field = std::get<bool>(value);
}

void ReadOptions::assign(int64_t& field, const OptionValue& value, const OptionName& name) const {
  if (!std::holds_alternative<int64_t>(value)) wrong_type(value, name, "integer");
  field = std::get<int64_t>(value);
}

void ReadOptions::assign(double& field, const OptionValue& value, const OptionName& name) const {
  if (std::holds_alternative<int64_t>(value)) {
    field = static_cast<double>(std::get<int64_t>(value));
  } else if (std::holds_alternative<double>(value)) {
    field = std::get<double>(value);
  } else {
    wrong_type(value, name, "number");
  }
}

void ReadOptions::assign(std::string& field, const OptionValue& value,
                         const OptionName& name) const {
  if (!std::holds_alternative<std::string>(value)) wrong_type(value, name, "string");
  field = std::get<std::string>(value);
  if (!name.choices.empty() &&
      std::find(name.choices.begin(), name.choices.end(), field) == name.choices.end()) {
    fail("MODEL_OPTION", "network ", model_, ": option ", name.name, " is '", field,
         "', expected one of ", c10::Join(", ", name.choices));
  }
}

void ReadOptions::assign(std::vector<int64_t>& field, const OptionValue& value,
                         const OptionName& name) const {
  if (!std::holds_alternative<std::vector<int64_t>>(value)) wrong_type(value, name, "integers");
  field = std::get<std::vector<int64_t>>(value);
}

void ReadOptions::finish() const {
  for (const auto& [name, value] : values_) {
    if (std::find(taken_.begin(), taken_.end(), name) == taken_.end()) {
      fail("MODEL_OPTION", "network ", model_, " has no option '", name, "': expected one of ",
           c10::Join(", ", known_));
    }
  }
}

}  // namespace hyperlift
