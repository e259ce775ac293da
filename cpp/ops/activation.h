// What may follow a convolution, as data: inference passes it on to oneDNN, training applies it as
// an operation.
#pragma once

#include "core/torch.h"

namespace hyperlift {

struct Activation {
  enum class Kind { none, relu, sigmoid, gelu, leaky_relu, prelu };
  Kind kind = Kind::none;
  double slope = 0.0;      // leaky_relu: factor of the negative side
  at::Tensor weight = {};  // prelu: the same, one learned number

  static Activation relu() { return {Kind::relu}; }
  static Activation sigmoid() { return {Kind::sigmoid}; }
  static Activation gelu() { return {Kind::gelu}; }  // the exact (erf) form
  static Activation leaky_relu(double slope) { return {Kind::leaky_relu, slope}; }
  static Activation prelu(const at::Tensor& weight) { return {Kind::prelu, 0.0, weight}; }

  at::Tensor operator()(const at::Tensor& x) const;
  // The same of a result that nobody else reads and whose own backward does not need it (a
  // convolution's, a sum's): written in its place where the gradient allows.
  at::Tensor in_place(at::Tensor fresh) const;
};

}  // namespace hyperlift
