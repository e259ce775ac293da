#include "ops/activation.h"

namespace hyperlift {

at::Tensor Activation::operator()(const at::Tensor& x) const {
  switch (kind) {
    case Kind::relu:
      return at::relu(x);
    case Kind::sigmoid:
      return at::sigmoid(x);
    case Kind::gelu:
      return at::gelu(x);
    case Kind::leaky_relu:
      return at::leaky_relu(x, slope);
    case Kind::prelu:
      return at::prelu(x, weight);
    case Kind::none:
      break;
  }
  return x;
}

at::Tensor Activation::in_place(at::Tensor fresh) const {
  switch (kind) {
    case Kind::relu:
      return at::relu_(fresh);
    case Kind::sigmoid:
      return at::sigmoid_(fresh);
    case Kind::leaky_relu:
      return at::leaky_relu_(fresh, slope);
    case Kind::gelu:
    case Kind::prelu:
    case Kind::none:
      break;
  }
  return (*this)(fresh);
}

}  // namespace hyperlift
