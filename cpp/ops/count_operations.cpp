#include "ops/count_operations.h"

#include "core/observers.h"

namespace hyperlift {

namespace {

using Values = c10::ArrayRef<const c10::IValue>;

struct Tally {
  double operations = 0;
  int depth = 0;  // within an operation that has been counted: what it calls is a part of it
};

Tally*& current_tally() {
  static thread_local Tally* tally = nullptr;
  return tally;
}

// Multiplications for one value: of the output of a convolution, of the input of a transposed one.
double per_value(const at::Tensor& weight, int64_t channels) {
  return 2.0 * static_cast<double>(weight.numel()) / static_cast<double>(channels);
}

double convolution(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& output,
                   bool transposed) {
  const auto& seen = transposed ? input : output;
  return static_cast<double>(seen.numel()) * per_value(weight, seen.size(1));
}

double product(const at::Tensor& a, const at::Tensor& b) {
  return 2.0 * static_cast<double>(a.numel()) * static_cast<double>(b.size(-1));
}

// softmax(q k^T) v, each [..., tokens, width].
double attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
  const int64_t tokens = q.numel() / q.size(-1);
  return 2.0 * static_cast<double>(tokens * (q.size(-1) + v.size(-1))) *
         static_cast<double>(k.size(-2));
}

// Two products of N tokens with N tokens for each pixel: [B, H, W, 3, C].
double window_attention(const at::Tensor& qkv, int64_t tokens) {
  return 4.0 * static_cast<double>(qkv.numel()) / 3.0 * static_cast<double>(tokens);
}

// convolution_backward(grad, input, weight, bias_sizes, stride, padding, dilation, transposed, ...,
// output_mask)
double convolution_backward(Values in) {
  const double once =
      convolution(in[1].toTensor(), in[2].toTensor(), in[0].toTensor(), in[7].toBool());
  const auto mask = in[10].toBoolList();
  return once * (static_cast<double>(mask.get(0)) + static_cast<double>(mask.get(1)));
}

// The operations of a call by its name; negative for one that is not counted. Convolutions are
// counted at their end, when their output is known.
double at_start(std::string_view name, Values in) {
  if (name == "aten::mm" || name == "aten::bmm") return product(in[0].toTensor(), in[1].toTensor());
  if (name == "aten::addmm" || name == "aten::baddbmm") {
    return product(in[1].toTensor(), in[2].toTensor());
  }
  if (name == "aten::convolution_backward") return convolution_backward(in);
  if (name == "aten::scaled_dot_product_attention") {
    return attention(in[0].toTensor(), in[1].toTensor(), in[2].toTensor());
  }
  if (name == "aten::_scaled_dot_product_flash_attention_for_cpu_backward") {
    return 2.0 * attention(in[1].toTensor(), in[2].toTensor(), in[3].toTensor());
  }
  if (name == "hyperlift::window_attention") {
    return window_attention(in[0].toTensor(), in[1].toInt());
  }
  if (name == "hyperlift::window_attention_backward") {
    return 2.0 * window_attention(in[0].toTensor(), in[1].toInt());
  }
  if (name == "hyperlift::gram") return product(in[0].toTensor(), in[0].toTensor());
  return -1;
}

struct Counted : at::ObserverContext {
  bool awaits_output = false;
  at::Tensor input;
  at::Tensor weight;
  bool transposed = false;
};

std::unique_ptr<at::ObserverContext> begin(const at::RecordFunction& call) {
  Tally* tally = current_tally();
  if (tally == nullptr || tally->depth > 0) return nullptr;
  const std::string_view name = call.name();
  const auto in = call.inputs();
  auto counted = std::make_unique<Counted>();
  const bool fused = name == "mkldnn::_convolution_pointwise";
  if (fused || name == "aten::convolution") {
    // The fused one with an addend has the weight third.
    const bool has_addend = fused && in[2].isTensor() && in.size() > 12;
    counted->awaits_output = true;
    counted->input = in[0].toTensor();
    counted->weight = in[has_addend ? 2 : 1].toTensor();
    counted->transposed = !fused && in[6].toBool();
  } else {
    const double operations = at_start(name, in);
    if (operations < 0) return nullptr;
    tally->operations += operations;
  }
  ++tally->depth;
  return counted;
}

void end(const at::RecordFunction& call, at::ObserverContext* context) {
  Tally* tally = current_tally();
  if (context == nullptr || tally == nullptr) return;
  --tally->depth;
  const auto& counted = static_cast<const Counted&>(*context);
  if (!counted.awaits_output || call.outputs().empty()) return;
  tally->operations +=
      convolution(counted.input, counted.weight, call.outputs()[0].toTensor(), counted.transposed);
}

}  // namespace

double count_operations(const std::function<void()>& work) {
  Tally tally;
  current_tally() = &tally;
  const auto handle = at::addThreadLocalCallback(at::RecordFunctionCallback(begin, end)
                                                     .needsInputs(true)
                                                     .needsOutputs(true)
                                                     .scopes({at::RecordScope::FUNCTION}));
  try {
    work();
  } catch (...) {
    at::removeCallback(handle);
    current_tally() = nullptr;
    throw;
  }
  at::removeCallback(handle);
  current_tally() = nullptr;
  return tally.operations;
}

}  // namespace hyperlift
