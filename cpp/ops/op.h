// The tensor operations that scripts can call, by name: one row of a table each (tensor_ops_*.cpp),
// run by run_op, which checks the inputs and turns what LibTorch throws into an error that names
// the operation, what was found and what was expected. Adding one is a row here and a typed method
// in ts/tensor.
#pragma once

#include "core/error.h"
#include "core/torch.h"

namespace hyperlift {

using Tensors = std::vector<at::Tensor>;
using Parameter = std::variant<std::monostate, bool, int64_t, double, std::string,
                               std::vector<int64_t>, std::vector<double>>;

// Named parameters of one call; a missing or ill-typed one is TENSOR_PARAMETER.
class Parameters {
 public:
  void set(const std::string& name, Parameter value) { values_[name] = std::move(value); }
  bool has(const char* name) const;  // given, and not null
  bool boolean(const char* name, std::optional<bool> fallback = std::nullopt) const;
  int64_t integer(const char* name, std::optional<int64_t> fallback = std::nullopt) const;
  double number(const char* name, std::optional<double> fallback = std::nullopt) const;
  at::Scalar scalar(const char* name) const;  // a number that stays an integer where it is one
  std::string text(const char* name, std::optional<std::string> fallback = std::nullopt) const;
  // One integer counts as a list of one.
  std::vector<int64_t> integers(const char* name) const;
  std::vector<int64_t> integers(const char* name, std::vector<int64_t> fallback) const;
  // [height, width]; one integer counts for both.
  std::vector<int64_t> pair(const char* name, int64_t fallback) const;

 private:
  const Parameter* find(const char* name) const;
  std::map<std::string, Parameter> values_;
};

// What an operation gives: one tensor or several.
struct Outputs {
  Outputs(at::Tensor one) : tensors{std::move(one)} {}  // NOLINT(google-explicit-constructor)
  Outputs(Tensors many) : tensors(std::move(many)) {}   // NOLINT(google-explicit-constructor)
  Outputs(std::tuple<at::Tensor, at::Tensor> two)       // NOLINT(google-explicit-constructor)
      : tensors{std::get<0>(two), std::get<1>(two)} {}
  Tensors tensors;
};

// compute: on the queue thread. view, create: at once, on the JavaScript thread.
enum class OpKind { compute, view, create };

// Checks that run_op makes before the operation itself.
enum OpCheck : unsigned {
  kNoCheck = 0,
  kBroadcast = 1,   // the shapes broadcast together
  kFloating = 2,    // every input has a floating dtype
  kKeepsDtype = 4,  // a number among the inputs is a value of the tensors' dtype
};

struct Op {
  const char* name;
  int inputs;           // how many tensors; kAny: one or more
  const char* expects;  // for messages: "[..., n, k] and [..., k, m]"
  std::function<Outputs(const Tensors& x, const Parameters& p)> run;
  unsigned checks = kNoCheck;
};

constexpr int kAny = -1;

// For the rows: {"neg", 1, "a number dtype", HYPERLIFT_OP(return at::neg(x[0]);)}
#define HYPERLIFT_OP(...)                                                                       \
  [](const ::hyperlift::Tensors& x, const ::hyperlift::Parameters& p) -> ::hyperlift::Outputs { \
    __VA_ARGS__                                                                                 \
  }

bool add_ops(OpKind kind, std::vector<Op> ops);

// A JavaScript number as an input: it takes part in broadcasting, and leaves the other inputs'
// dtype alone.
at::Tensor number_input(const at::Scalar& value);

// Throws TENSOR_OPERATION_UNKNOWN, TENSOR_SHAPE, TENSOR_DTYPE, TENSOR_DEVICE, TENSOR_INDEX,
// TENSOR_PARAMETER, TENSOR_OPERATION.
Tensors run_op(OpKind kind, const std::string& name, const Tensors& inputs,
               const Parameters& parameters);

std::vector<std::string> op_names();

}  // namespace hyperlift
