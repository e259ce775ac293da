#include "ops/activation.h"

namespace hyperlift {

namespace {

// PReLU with one slope, in place of its input: with a positive slope the result tells what was
// negative and how much. LibTorch's own writes the slope's gradient for each value before it sums,
// and costs six times as much.
class PReLUInPlace : public torch::autograd::Function<PReLUInPlace> {
 public:
  static bool serves(const at::Tensor& x, const at::Tensor& weight) {
    constexpr double least = 1e-6;  // below, what was negative is lost to rounding
    return x.is_cpu() && weight.is_cpu() && weight.numel() == 1 && weight.item<double>() > least;
  }

  static at::Tensor forward(torch::autograd::AutogradContext* context, at::Tensor x,
                            const at::Tensor& weight) {
    const auto slope = weight.item<double>();
    at::leaky_relu_(x, slope);
    context->mark_dirty({x});
    context->save_for_backward({x});
    context->saved_data["slope"] = slope;
    context->saved_data["weight"] = weight.sizes();
    context->saved_data["type"] = weight.scalar_type();
    return x;
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list grads) {
    const auto y = context->get_saved_variables()[0];
    const double slope = context->saved_data["slope"].toDouble();
    const auto of_x = at::leaky_relu_backward(grads[0], y, slope, /*self_is_result=*/true);
    const auto wide = y.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
    const auto of_slope = y.clamp_max(0).mul_(grads[0]).sum(wide) / slope;
    const auto sizes = context->saved_data["weight"].toIntVector();
    const auto type = context->saved_data["type"].toScalarType();
    return {of_x, of_slope.to(type).view(sizes)};
  }
};

}  // namespace

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
    case Kind::prelu:
      if (PReLUInPlace::serves(fresh, weight)) return PReLUInPlace::apply(fresh, weight);
      break;
    case Kind::gelu:
    case Kind::none:
      break;
  }
  return (*this)(fresh);
}

}  // namespace hyperlift
