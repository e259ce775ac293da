// Arithmetic, comparison and functions of each element.
#include "ops/op.h"

namespace hyperlift {

namespace {

constexpr const char* kNumbers = "tensors of a number dtype with shapes that broadcast";
constexpr const char* kOneNumbers = "a tensor of a number dtype";
constexpr const char* kOneFloating = "a tensor of a floating dtype";

#define UNARY(name, expects)                                \
  {                                                         \
#name, 1, expects, HYPERLIFT_OP(return at::name(x[0]);) \
  }

// Operands and result share a dtype: a number takes part as a value of the tensors' dtype.
constexpr unsigned kArithmetic = kBroadcast | kKeepsDtype;

const bool arithmetic = add_ops(
    OpKind::compute,
    {
        {"add", 2, kNumbers, HYPERLIFT_OP(return at::add(x[0], x[1]);), kArithmetic},
        {"sub", 2, kNumbers, HYPERLIFT_OP(return at::sub(x[0], x[1]);), kArithmetic},
        {"mul", 2, kNumbers, HYPERLIFT_OP(return at::mul(x[0], x[1]);), kArithmetic},
        {"pow", 2, kNumbers, HYPERLIFT_OP(return at::pow(x[0], x[1]);), kArithmetic},
        {"remainder", 2, kNumbers, HYPERLIFT_OP(return at::remainder(x[0], x[1]);), kArithmetic},
        {"maximum", 2, kNumbers, HYPERLIFT_OP(return at::maximum(x[0], x[1]);), kArithmetic},
        {"minimum", 2, kNumbers, HYPERLIFT_OP(return at::minimum(x[0], x[1]);), kArithmetic},
        // True division: integers give float32.
        {"div", 2, kNumbers, HYPERLIFT_OP(return at::div(x[0], x[1]);), kBroadcast},
        {"atan2", 2, kNumbers, HYPERLIFT_OP(return at::atan2(x[0], x[1]);), kBroadcast},
        {"eq", 2, kNumbers, HYPERLIFT_OP(return at::eq(x[0], x[1]);), kBroadcast},
        {"ne", 2, kNumbers, HYPERLIFT_OP(return at::ne(x[0], x[1]);), kBroadcast},
        {"lt", 2, kNumbers, HYPERLIFT_OP(return at::lt(x[0], x[1]);), kBroadcast},
        {"le", 2, kNumbers, HYPERLIFT_OP(return at::le(x[0], x[1]);), kBroadcast},
        {"gt", 2, kNumbers, HYPERLIFT_OP(return at::gt(x[0], x[1]);), kBroadcast},
        {"ge", 2, kNumbers, HYPERLIFT_OP(return at::ge(x[0], x[1]);), kBroadcast},
        {"logicalAnd", 2, kNumbers, HYPERLIFT_OP(return at::logical_and(x[0], x[1]);), kBroadcast},
        {"logicalOr", 2, kNumbers, HYPERLIFT_OP(return at::logical_or(x[0], x[1]);), kBroadcast},
        {"logicalXor", 2, kNumbers, HYPERLIFT_OP(return at::logical_xor(x[0], x[1]);), kBroadcast},
        {"logicalNot", 1, kOneNumbers, HYPERLIFT_OP(return at::logical_not(x[0]);)},
        {"isNaN", 1, kOneNumbers, HYPERLIFT_OP(return at::isnan(x[0]);)},
        {"isFinite", 1, kOneNumbers, HYPERLIFT_OP(return at::isfinite(x[0]);)},
    });

const bool functions =
    add_ops(OpKind::compute,
            {
                UNARY(neg, kOneNumbers),
                UNARY(abs, kOneNumbers),
                UNARY(sign, kOneNumbers),
                UNARY(floor, kOneNumbers),
                UNARY(ceil, kOneNumbers),
                UNARY(round, kOneNumbers),
                UNARY(trunc, kOneNumbers),
                UNARY(square, kOneNumbers),
                UNARY(relu, kOneNumbers),
                UNARY(exp, kOneNumbers),
                UNARY(expm1, kOneNumbers),
                UNARY(log, kOneNumbers),
                UNARY(log2, kOneNumbers),
                UNARY(log10, kOneNumbers),
                UNARY(log1p, kOneNumbers),
                UNARY(sqrt, kOneNumbers),
                UNARY(rsqrt, kOneNumbers),
                UNARY(reciprocal, kOneNumbers),
                UNARY(sin, kOneNumbers),
                UNARY(cos, kOneNumbers),
                UNARY(tan, kOneNumbers),
                UNARY(asin, kOneNumbers),
                UNARY(acos, kOneNumbers),
                UNARY(atan, kOneNumbers),
                UNARY(sinh, kOneNumbers),
                UNARY(cosh, kOneNumbers),
                UNARY(tanh, kOneNumbers),
                UNARY(erf, kOneNumbers),
                UNARY(sigmoid, kOneNumbers),
                {"silu", 1, kOneFloating, HYPERLIFT_OP(return at::silu(x[0]);), kFloating},
                {"gelu", 1, kOneFloating,
                 HYPERLIFT_OP(return at::gelu(x[0], p.text("approximate", "none"));), kFloating},
                {"softplus", 1, kOneFloating, HYPERLIFT_OP(return at::softplus(x[0]);), kFloating},
                {"leakyRelu", 1, kOneFloating,
                 HYPERLIFT_OP(return at::leaky_relu(x[0], p.number("slope", 0.01));), kFloating},
                {"elu", 1, kOneFloating,
                 HYPERLIFT_OP(return at::elu(x[0], p.number("alpha", 1.0));), kFloating},
            });

std::optional<at::Scalar> bound(const Parameters& p, const char* name) {
  return p.has(name) ? std::optional<at::Scalar>(p.scalar(name)) : std::nullopt;
}

at::Tensor clamp(const at::Tensor& x, const Parameters& p) {
  const auto low = bound(p, "min");
  const auto high = bound(p, "max");
  if (!low && !high) fail("TENSOR_PARAMETER", "min and max are missing: expected at least one");
  for (const auto& given : {low, high}) {
    if (given && !at::isFloatingType(x.scalar_type()) && !given->isIntegral(false)) {
      fail("TENSOR_DTYPE", "clamp: found the bound ", given->toDouble(),
           " for integers, expected a whole number");
    }
  }
  return at::clamp(x, low, high);
}

const bool choices =
    add_ops(OpKind::compute,
            {
                {"clamp", 1, "a tensor of a number dtype, and min or max",
                 HYPERLIFT_OP(return clamp(x[0], p);)},
                {"where", 3, "a bool condition and two tensors, with shapes that broadcast",
                 HYPERLIFT_OP(return at::where(x[0], x[1], x[2]);), kBroadcast},
                {"nanToNum", 1, kOneFloating,
                 HYPERLIFT_OP(return at::nan_to_num(x[0], p.number("value", 0.0));), kFloating},
                {"lerp", 3, "start, end and weight of a floating dtype, with shapes that broadcast",
                 HYPERLIFT_OP(return at::lerp(x[0], x[1], x[2].to(x[0].scalar_type()));),
                 kBroadcast | kFloating},
            });

}  // namespace

}  // namespace hyperlift
