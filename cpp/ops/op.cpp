#include "ops/op.h"

#include "core/dtype.h"

#include <limits>

namespace hyperlift {

namespace {

struct Registered {
  OpKind kind;
  Op op;
};

std::map<std::string, Registered>& table() {
  static std::map<std::string, Registered> ops;
  return ops;
}

bool is_number(const at::Tensor& x) { return x.unsafeGetTensorImpl()->is_wrapped_number(); }

std::string describe_input(const at::Tensor& x) {
  if (!is_number(x)) return describe(x);
  return x.scalar_type() == at::kLong ? c10::str("the number ", x.item<int64_t>())
                                      : c10::str("the number ", x.item<double>());
}

// "float32 [2, 3] and float32 [4, 5]"
std::string found(const Tensors& inputs) {
  std::vector<std::string> parts;
  for (const auto& input : inputs) parts.push_back(describe_input(input));
  return parts.empty() ? std::string("no tensor") : c10::Join(" and ", parts);
}

[[noreturn]] void refuse(const char* code, const Op& op, const Tensors& inputs,
                         const std::string& expected) {
  fail(code, op.name, ": found ", found(inputs), ", expected ", expected);
}

void check_devices(const Op& op, const Tensors& inputs) {
  const at::Tensor* first = nullptr;
  for (const auto& input : inputs) {
    if (input.dim() == 0 && input.device().is_cpu()) continue;  // a scalar goes anywhere
    if (first == nullptr) first = &input;
    if (input.device() != first->device()) {
      fail("TENSOR_DEVICE", op.name, ": found tensors on ", first->device(), " and ",
           input.device(), ", expected one device: move them with to()");
    }
  }
}

bool broadcast_fits(const Tensors& inputs) {
  int64_t rank = 0;
  for (const auto& input : inputs) rank = std::max(rank, input.dim());
  for (int64_t from_end = 1; from_end <= rank; ++from_end) {
    int64_t size = 1;
    for (const auto& input : inputs) {
      if (input.dim() < from_end) continue;
      const int64_t here = input.size(-from_end);
      if (here != 1 && size != 1 && here != size) return false;
      if (here != 1) size = here;
    }
  }
  return true;
}

template <class T>
bool in_range(int64_t value) {
  return value >= std::numeric_limits<T>::min() && value <= std::numeric_limits<T>::max();
}

bool fits(int64_t value, at::ScalarType dtype) {
  switch (dtype) {
    case at::kByte:
      return in_range<uint8_t>(value);
    case at::kUInt16:
      return in_range<uint16_t>(value);
    case at::kShort:
      return in_range<int16_t>(value);
    case at::kInt:
      return in_range<int32_t>(value);
    default:
      return true;
  }
}

// The static types of ts/tensor say that a number never changes a tensor's dtype: hold them to it.
void check_numbers(const Op& op, const Tensors& inputs) {
  for (const auto& number : inputs) {
    if (!is_number(number)) continue;
    for (const auto& tensor : inputs) {
      const auto dtype = tensor.scalar_type();
      if (is_number(tensor) || at::isFloatingType(dtype)) continue;
      const bool whole = number.scalar_type() == at::kLong;
      if (dtype == at::kBool || !whole || !fits(number.item<int64_t>(), dtype)) {
        refuse(
            "TENSOR_DTYPE", op, inputs,
            "a number that " + dtype_name(dtype) + " can hold: convert the tensor with to() first");
      }
    }
  }
}

void check(const Op& op, const Tensors& inputs) {
  const auto count = static_cast<int>(inputs.size());
  if (op.inputs == kAny ? count == 0 : count != op.inputs) {
    refuse(
        "TENSOR_PARAMETER", op, inputs,
        op.inputs == kAny ? std::string("one or more tensors") : c10::str(op.inputs, " tensors"));
  }
  check_devices(op, inputs);
  if ((op.checks & kFloating) != 0) {
    for (const auto& input : inputs) {
      if (!is_number(input) && !at::isFloatingType(input.scalar_type())) {
        refuse("TENSOR_DTYPE", op, inputs, "a floating dtype (convert with to())");
      }
    }
  }
  if ((op.checks & kBroadcast) != 0 && !broadcast_fits(inputs)) {
    refuse("TENSOR_SHAPE", op, inputs,
           "shapes that broadcast: from the last dimension on, sizes equal or 1");
  }
  if ((op.checks & kKeepsDtype) != 0) check_numbers(op, inputs);
}

bool contains(const std::string& text, std::initializer_list<const char*> words) {
  for (const char* word : words) {
    if (text.find(word) != std::string::npos) return true;
  }
  return false;
}

// LibTorch's exceptions carry no codes, so its wording decides among ours; what fits none is
// TENSOR_OPERATION.
const char* code_of(const c10::Error& error, const std::string& text) {
  if (dynamic_cast<const c10::IndexError*>(&error) != nullptr) return "TENSOR_INDEX";
  if (contains(text, {"second time"})) return "TENSOR_GRAD";
  if (contains(text, {"dtype", "scalar type", "not implemented for '", "floating point",
                      "bool tensor", "result type", "data type"})) {
    return "TENSOR_DTYPE";
  }
  if (contains(text, {"out of range", "out of bounds", "index"})) return "TENSOR_INDEX";
  if (contains(text, {"shape", "size", "dimension", "elements", "stride", "channels", "Padding"})) {
    return "TENSOR_SHAPE";
  }
  return "TENSOR_OPERATION";
}

[[noreturn]] void translate(const Op& op, const Tensors& inputs, const c10::Error& error) {
  if (is_out_of_memory(error)) throw error;
  std::string text = error.what_without_backtrace();
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ' || text.back() == '.')) {
    text.pop_back();
  }
  fail(code_of(error, text), op.name, ": found ", found(inputs), ", expected ", op.expects, " (",
       text, ")");
}

bool has_uint16(const Tensors& inputs) {
  for (const auto& input : inputs) {
    if (input.scalar_type() == at::kUInt16) return true;
  }
  return false;
}

// LibTorch's CPU code has few operations for uint16: these go through int32, which holds every
// value. Results come back as uint16 where the operation gave int32 and nothing wider than uint16
// went in; they wrap as uint16 would.
Tensors run_widened(const Op& op, const Tensors& inputs, const Parameters& parameters) {
  bool narrow = true;
  Tensors wide;
  for (const auto& input : inputs) {
    const auto dtype = input.scalar_type();
    wide.push_back(dtype == at::kUInt16 ? input.to(at::kInt) : input);
    const bool small = dtype == at::kUInt16 || dtype == at::kByte || dtype == at::kBool;
    narrow = narrow && (small || is_number(input));
  }
  auto outputs = op.run(wide, parameters).tensors;
  for (auto& output : outputs) {
    if (narrow && output.scalar_type() == at::kInt) output = output.to(at::kUInt16);
  }
  return outputs;
}

}  // namespace

bool add_ops(OpKind kind, std::vector<Op> ops) {
  for (auto& op : ops) {
    const std::string name = op.name;
    if (!table().emplace(name, Registered{kind, std::move(op)}).second) {
      fail("TENSOR_OPERATION", "two operations are called ", name);
    }
  }
  return true;
}

std::vector<std::string> op_names() {
  std::vector<std::string> names;
  for (const auto& [name, registered] : table()) names.push_back(name);
  return names;
}

at::Tensor number_input(const at::Scalar& value) {
  auto number = at::scalar_tensor(
      value, at::TensorOptions(value.isIntegral(false) ? at::kLong : at::kDouble));
  number.unsafeGetTensorImpl()->set_wrapped_number(true);
  return number;
}

Tensors run_op(OpKind kind, const std::string& name, const Tensors& inputs,
               const Parameters& parameters) {
  const auto entry = table().find(name);
  if (entry == table().end() || entry->second.kind != kind) {
    fail("TENSOR_OPERATION_UNKNOWN", "no tensor operation is called '", name, "'");
  }
  const Op& op = entry->second.op;
  try {
    check(op, inputs);
    if (kind == OpKind::compute && has_uint16(inputs)) {
      try {
        return op.run(inputs, parameters).tensors;
      } catch (const c10::Error&) {
        return run_widened(op, inputs, parameters);
      }
    }
    return op.run(inputs, parameters).tensors;
  } catch (const Error& error) {
    const std::string message = error.what();
    if (message.rfind(name + ":", 0) == 0) throw;
    throw Error(error.code(), name + ": " + message);
  } catch (const c10::Error& error) {
    translate(op, inputs, error);
  }
}

}  // namespace hyperlift
