// Options of a network: named values with types, defaults and the authors' own names, described
// once in the network's Options struct and derived from there for TypeScript, the CLI, the docs and
// the reading of published configurations.
#pragma once

#include "core/error.h"
#include "core/torch.h"

namespace hyperlift {

using OptionValue = std::variant<bool, int64_t, double, std::string, std::vector<int64_t>>;
using OptionMap = std::map<std::string, OptionValue>;

struct OptionFact {
  std::string name;         // ours, the same across networks: inBands, outBands, width, ...
  std::string author_name;  // the constructor argument of the published code, "" where it has none
  std::string type;         // boolean, integer, number, string, integers
  OptionValue fallback;     // the default
  std::string doc;
  std::vector<std::string> choices;  // for strings with a closed set of values
};

// An Options struct has `template <class Visitor> void visit(Visitor&& option)` that calls, for
// each field,
//   option(field, {"inBands", "inplanes", "bands of the input"});
struct OptionName {
  const char* name;
  const char* author_name;
  const char* doc;
  std::vector<std::string> choices = {};
};

std::string type_name(const OptionValue& value);

class DescribeOptions {
 public:
  template <class T>
  void operator()(T& field, const OptionName& name) {
    facts.push_back({name.name, name.author_name, type_name(OptionValue(field)), OptionValue(field),
                     name.doc, name.choices});
  }
  std::vector<OptionFact> facts;
};

// Takes values by our names or the authors'; an unknown name or a wrong type is MODEL_OPTION.
class ReadOptions {
 public:
  ReadOptions(std::string model, const OptionMap& values);
  template <class T>
  void operator()(T& field, const OptionName& name) {
    known_.emplace_back(name.name);
    if (const OptionValue* value = take(name)) assign(field, *value, name);
  }
  void finish() const;  // throws for names that no field took

 private:
  const OptionValue* take(const OptionName& name);
  void assign(bool& field, const OptionValue& value, const OptionName& name) const;
  void assign(int64_t& field, const OptionValue& value, const OptionName& name) const;
  void assign(double& field, const OptionValue& value, const OptionName& name) const;
  void assign(std::string& field, const OptionValue& value, const OptionName& name) const;
  void assign(std::vector<int64_t>& field, const OptionValue& value, const OptionName& name) const;
  [[noreturn]] void wrong_type(const OptionValue& value, const OptionName& name,
                               const char* expected) const;

  std::string model_;
  const OptionMap& values_;
  std::vector<std::string> known_;
  std::vector<std::string> taken_;
};

template <class Options>
Options read_options(const std::string& model, const OptionMap& values) {
  Options options;
  ReadOptions reader(model, values);
  options.visit(reader);
  reader.finish();
  return options;
}

template <class Options>
std::vector<OptionFact> describe_options() {
  Options options;
  DescribeOptions describe;
  options.visit(describe);
  return describe.facts;
}

template <class Options>
OptionMap option_values(Options options) {
  OptionMap values;
  options.visit([&values](const auto& field, const OptionName& name) {
    values.emplace(name.name, OptionValue(field));
  });
  return values;
}

}  // namespace hyperlift
