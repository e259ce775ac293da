#include "ops/fused_conv.h"

#include "core/autocast.h"
#include "core/dispatcher.h"

namespace hyperlift {

namespace {

using Ints = at::IntArrayRef;
using Scalars = c10::List<std::optional<at::Scalar>>;
using Pointwise = at::Tensor(const at::Tensor&, const at::Tensor&, const std::optional<at::Tensor>&,
                             Ints, Ints, Ints, int64_t, std::string_view, Scalars,
                             std::optional<std::string_view>);
using Binary = at::Tensor(const at::Tensor&, const at::Tensor&, const at::Tensor&,
                          const std::optional<at::Tensor>&, Ints, Ints, Ints, int64_t,
                          std::string_view, std::optional<at::Scalar>,
                          std::optional<std::string_view>, Scalars,
                          std::optional<std::string_view>);
using Reorder = at::Tensor(const at::Tensor&, Ints, Ints, Ints, int64_t, at::OptionalIntArrayRef);

// oneDNN's operations are no part of LibTorch's C++ interface: they are looked up by name, and
// where a LibTorch lacks one, or has it with other arguments, networks run without.
struct Operations {
  std::optional<c10::TypedOperatorHandle<Pointwise>> pointwise;
  std::optional<c10::TypedOperatorHandle<Binary>> binary;
  std::optional<c10::TypedOperatorHandle<Reorder>> reorder;

  static const Operations& instance() {
    static const Operations operations;
    return operations;
  }
  bool all() const { return pointwise && binary && reorder; }

 private:
  Operations() {
    try {
      pointwise = find<Pointwise>("mkldnn::_convolution_pointwise", "");
      binary = find<Binary>("mkldnn::_convolution_pointwise", "binary");
      reorder = find<Reorder>("mkldnn::_reorder_convolution_weight", "");
    } catch (const c10::Error&) {
      reorder.reset();
    }
  }
  template <class Signature>
  static std::optional<c10::TypedOperatorHandle<Signature>> find(const char* name,
                                                                 const char* overload) {
    const auto found = c10::Dispatcher::singleton().findSchema({name, overload});
    if (!found) return std::nullopt;
    return found->typed<Signature>();
  }
};

at::ScalarType working_type(const at::Tensor& x) {
  return at::autocast::is_autocast_enabled(at::kCPU) ? at::autocast::get_autocast_dtype(at::kCPU)
                                                     : x.scalar_type();
}

struct Geometry {
  std::array<int64_t, 2> padding, stride, dilation = {1, 1};
  explicit Geometry(const ConvShape& shape)
      : padding{shape.padding, shape.column_padding.value_or(shape.padding)},
        stride{shape.stride, shape.stride} {}
};

}  // namespace

bool FusedConv::serves(const at::Tensor& x) {
  if (at::GradMode::is_enabled() || !x.is_cpu()) return false;
  const auto type = working_type(x);
  return (type == at::kFloat || type == at::kBFloat16) && at::globalContext().userEnabledMkldnn() &&
         Operations::instance().all();
}

FusedConv::Packed FusedConv::pack(const ConvLayer& layer, const Activation& then,
                                  const at::Tensor& x) const {
  const Geometry geometry(layer.shape);
  const auto type = x.scalar_type();
  Packed packed;
  packed.weight = Operations::instance().reorder->call(
      layer.weight().detach().to(type).contiguous(), geometry.padding, geometry.stride,
      geometry.dilation, layer.shape.groups, x.sizes());
  if (layer.bias.defined()) packed.bias = layer.bias.detach().to(type);
  packed.slope = then.kind == Activation::Kind::prelu ? then.weight.item<double>() : then.slope;
  return packed;
}

FusedConv::Ready FusedConv::prepare(const at::Tensor& input, const ConvLayer& layer,
                                    const Activation& then) {
  const auto x = input.to(working_type(input)).contiguous(at::MemoryFormat::ChannelsLast);
  auto sources = layer.sources;
  if (layer.bias.defined()) sources.push_back(layer.bias);
  if (then.weight.defined()) sources.push_back(then.weight);
  const std::vector<int64_t> variant = {static_cast<int64_t>(x.scalar_type()), x.size(0), x.size(2),
                                        x.size(3)};
  return {x, packed_.get(sources, variant, [&] { return pack(layer, then, x); })};
}

namespace {

// `conv(x) how other`, and a ReLU where asked for.
at::Tensor run_binary(const at::Tensor& x, const at::Tensor& weight,
                      const std::optional<at::Tensor>& bias, const ConvShape& shape,
                      std::string_view how, const at::Tensor& other, bool relu = false) {
  const Geometry g(shape);
  return Operations::instance().binary->call(
      x, other.to(x.scalar_type()).contiguous(at::MemoryFormat::ChannelsLast), weight, bias,
      g.padding, g.stride, g.dilation, shape.groups, how, std::nullopt,
      relu ? std::optional<std::string_view>("relu") : std::nullopt, Scalars(), std::nullopt);
}

// oneDNN follows a sum by ReLU or by nothing; the others are a pass of their own, in place.
at::Tensor after_sum(at::Tensor sum, Activation::Kind kind, double slope) {
  switch (kind) {
    case Activation::Kind::leaky_relu:
    case Activation::Kind::prelu:
      return at::leaky_relu_(sum, slope);
    case Activation::Kind::gelu:
      return at::gelu_(sum);
    case Activation::Kind::sigmoid:
      return at::sigmoid_(sum);
    case Activation::Kind::relu:
    case Activation::Kind::none:
      break;
  }
  return sum;
}

std::optional<at::Tensor> optional_of(const at::Tensor& t) {
  return t.defined() ? std::optional(t) : std::nullopt;
}

}  // namespace

at::Tensor FusedConv::times(const at::Tensor& input, const ConvLayer& layer,
                            const at::Tensor& factor) {
  const auto [x, packed] = prepare(input, layer, {});
  return run_binary(x, packed.weight, optional_of(packed.bias), layer.shape, "mul", factor);
}

at::Tensor FusedConv::operator()(const at::Tensor& input, const ConvLayer& layer,
                                 const Activation& then, const at::Tensor& addend) {
  const auto ready = prepare(input, layer, then);
  const auto& x = ready.x;
  const auto& packed = ready.packed;
  const auto bias = optional_of(packed.bias);
  if (addend.defined()) {
    const bool relu = then.kind == Activation::Kind::relu;
    return after_sum(run_binary(x, packed.weight, bias, layer.shape, "add", addend, relu),
                     then.kind, packed.slope);
  }
  const Geometry g(layer.shape);
  const auto& operations = Operations::instance();
  const auto run = [&](std::string_view attribute, const Scalars& scalars,
                       std::string_view algorithm) {
    return operations.pointwise->call(x, packed.weight, bias, g.padding, g.stride, g.dilation,
                                      layer.shape.groups, attribute, scalars, algorithm);
  };
  switch (then.kind) {
    case Activation::Kind::relu:
      return run("relu", Scalars(), "");
    case Activation::Kind::sigmoid:
      return run("sigmoid", Scalars(), "");
    case Activation::Kind::gelu:
      return run("gelu", Scalars(), "none");
    case Activation::Kind::leaky_relu:
    case Activation::Kind::prelu:
      return run("leaky_relu", Scalars({std::optional<at::Scalar>(packed.slope)}), "");
    case Activation::Kind::none:
      break;
  }
  return run("none", Scalars(), "");
}

}  // namespace hyperlift
