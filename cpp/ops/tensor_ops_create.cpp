// New tensors. Random ones are drawn on the CPU from a generator of their own, so that a seed gives
// the same values on every device and at every number of threads.
#include "core/device.h"
#include "core/dtype.h"
#include "core/generator.h"
#include "ops/op.h"

#include <cmath>

namespace hyperlift {

namespace {

at::TensorOptions options_of(const Parameters& p) {
  return at::TensorOptions(dtype_of(p.text("dtype", "float32")))
      .device(device_of(p.text("device", "cpu")));
}

std::vector<int64_t> shape_of(const Parameters& p) {
  auto shape = p.integers("shape");
  for (const int64_t size : shape) {
    if (size < 0)
      fail("TENSOR_SHAPE", "found shape ", at::IntArrayRef(shape), ", expected sizes of 0 or more");
  }
  return shape;
}

at::Generator generator_of(const Parameters& p) {
  return at::detail::createCPUGenerator(static_cast<uint64_t>(p.integer("seed")));
}

void expect_floating(const char* op, const at::TensorOptions& options) {
  const auto dtype = c10::typeMetaToScalarType(options.dtype());
  if (!at::isFloatingType(dtype)) {
    fail("TENSOR_DTYPE", op, ": found dtype ", dtype_name(dtype), ", expected a floating dtype");
  }
}

at::Tensor uniform(const Parameters& p) {
  const auto options = options_of(p);
  expect_floating("rand", options);
  return at::rand(shape_of(p), generator_of(p), options.device(at::kCPU)).to(options.device());
}

at::Tensor normal(const Parameters& p) {
  const auto options = options_of(p);
  expect_floating("randn", options);
  return at::randn(shape_of(p), generator_of(p), options.device(at::kCPU)).to(options.device());
}

at::Tensor integers(const Parameters& p) {
  const auto options = options_of(p);
  const int64_t low = p.integer("low");
  const int64_t high = p.integer("high");
  if (low >= high)
    fail("TENSOR_PARAMETER", "found low ", low, " and high ", high, ", expected low < high");
  const auto drawn =
      at::randint(low, high, shape_of(p), generator_of(p), at::TensorOptions(at::kLong));
  return drawn.to(options.device(), c10::typeMetaToScalarType(options.dtype()));
}

at::Tensor filled(const Parameters& p) {
  const auto options = options_of(p);
  const auto value = p.scalar("value");
  const auto dtype = c10::typeMetaToScalarType(options.dtype());
  const bool whole = value.isIntegral(true);
  if (!at::isFloatingType(dtype) && !whole) {
    fail("TENSOR_DTYPE", "full: found the value ", value.toDouble(), " for ", dtype_name(dtype),
         ", expected a whole number");
  }
  return at::full(shape_of(p), value, options);
}

at::Tensor range(const Parameters& p) {
  const auto start = p.scalar("start");
  const auto end = p.scalar("end");
  const auto step = p.scalar("step");
  if (step.toDouble() == 0 || (end.toDouble() - start.toDouble()) * step.toDouble() < 0) {
    fail("TENSOR_PARAMETER", "step: found ", step.toDouble(), " from ", start.toDouble(), " to ",
         end.toDouble(), ", expected one that leads there");
  }
  const auto options = options_of(p);
  // LibTorch's arange has no uint16 and computes half types coarsely: count in a wide dtype, then
  // convert.
  const bool floating = at::isFloatingType(c10::typeMetaToScalarType(options.dtype()));
  const auto wide = at::TensorOptions(floating ? at::kDouble : at::kLong);
  return at::arange(start, end, step, wide)
      .to(options.device(), c10::typeMetaToScalarType(options.dtype()));
}

at::Tensor spaced(const Parameters& p) {
  const auto options = options_of(p);
  expect_floating("linspace", options);
  const int64_t count = p.integer("count");
  if (count < 0) fail("TENSOR_PARAMETER", "count: found ", count, ", expected 0 or more");
  return at::linspace(p.number("start"), p.number("end"), count, at::TensorOptions(at::kDouble))
      .to(options.device(), c10::typeMetaToScalarType(options.dtype()));
}

at::Tensor eye(const Parameters& p) {
  const auto options = options_of(p);
  return at::eye(p.integer("size"), at::TensorOptions(at::kFloat))
      .to(options.device(), c10::typeMetaToScalarType(options.dtype()));
}

const bool creation = add_ops(
    OpKind::create, {
                        {"full", 0, "a value and a shape", HYPERLIFT_OP(return filled(p);)},
                        {"arange", 0, "start, end and step", HYPERLIFT_OP(return range(p);)},
                        {"linspace", 0, "start, end and count", HYPERLIFT_OP(return spaced(p);)},
                        {"eye", 0, "a size", HYPERLIFT_OP(return eye(p);)},
                        {"rand", 0, "a shape", HYPERLIFT_OP(return uniform(p);)},
                        {"randn", 0, "a shape", HYPERLIFT_OP(return normal(p);)},
                        {"randint", 0, "low < high and a shape", HYPERLIFT_OP(return integers(p);)},
                        {"randperm", 0, "a count",
                         HYPERLIFT_OP(return at::randperm(p.integer("count"), generator_of(p),
                                                          at::TensorOptions(at::kLong))
                                          .to(options_of(p).device());)},
                    });

}  // namespace

}  // namespace hyperlift
