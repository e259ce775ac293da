// A convolution for inference on the CPU: weights packed once in the layout oneDNN likes,
// activation or addition done while the result is still in the cache.
#pragma once

#include "ops/activation.h"
#include "ops/derived.h"

namespace hyperlift {

struct ConvShape {
  int64_t stride = 1;
  int64_t padding = 0;
  int64_t groups = 1;
  std::optional<int64_t> column_padding = {};  // where it differs from `padding`, that of the rows
};

// The layer as its owner holds it: `weight` may have to be made (folded) from `sources`.
struct ConvLayer {
  std::vector<at::Tensor> sources;
  std::function<at::Tensor()> weight;
  at::Tensor bias = {};
  ConvShape shape = {};
};

class FusedConv {
 public:
  // Gradients off, CPU, float32 or bfloat16 (or autocast to it), and a LibTorch that has the
  // operation.
  static bool serves(const at::Tensor& x);

  // then(conv(x)), or then(conv(x) + addend) where that is defined.
  at::Tensor operator()(const at::Tensor& x, const ConvLayer& layer, const Activation& then,
                        const at::Tensor& addend = {});
  // conv(x) * factor
  at::Tensor times(const at::Tensor& x, const ConvLayer& layer, const at::Tensor& factor);

 private:
  struct Packed {
    at::Tensor weight;
    at::Tensor bias;
    double slope = 0.0;
  };
  struct Ready {
    at::Tensor x;
    Packed packed;
  };
  Ready prepare(const at::Tensor& x, const ConvLayer& layer, const Activation& then);
  Packed pack(const ConvLayer& layer, const Activation& then, const at::Tensor& x) const;

  Derived<Packed> packed_;
};

}  // namespace hyperlift
