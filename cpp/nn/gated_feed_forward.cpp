#include "nn/gated_feed_forward.h"

namespace hyperlift::nn {

namespace {

constexpr int64_t kVector = 16;

int64_t missing(int64_t channels) { return (kVector - channels % kVector) % kVector; }

Conv layer_of(int64_t in, int64_t out, int64_t kernel, int64_t groups, bool bias) {
  return Conv(
      torch::nn::Conv2dOptions(in, out, kernel).padding(kernel / 2).groups(groups).bias(bias));
}

// [2k, ...] -> [2K, ...]: zeros behind each half.
at::Tensor filled(const at::Tensor& weight, int64_t hidden) {
  const auto halves = weight.unflatten(0, {2, hidden});
  std::vector<int64_t> ends(2 * static_cast<size_t>(halves.dim() - 1), 0);
  ends.back() = missing(hidden);  // the dimension behind that of the halves
  return at::constant_pad_nd(halves, ends).flatten(0, 1);
}

}  // namespace

GatedFeedForwardImpl::GatedFeedForwardImpl(int64_t channels, int64_t hidden, bool bias)
    : hidden_(hidden) {
  project_in = register_module("project_in", layer_of(channels, 2 * hidden, 1, 1, bias));
  dwconv = register_module("dwconv", layer_of(2 * hidden, 2 * hidden, 3, 2 * hidden, bias));
  project_out = register_module("project_out", layer_of(hidden, channels, 1, 1, bias));
}

// Hidden widths are odd (127, 255, 1021), and convolutions of whole vectors of channels are faster:
// zeros behind each half change nothing.
at::Tensor GatedFeedForwardImpl::forward(const at::Tensor& x, const at::Tensor& skip) {
  if (FusedConv::serves(x) && !project_in->bias.defined()) return infer(x, skip);
  const auto bias = [&](const Conv& layer) {
    return layer->bias.defined() ? filled(layer->bias, hidden_) : at::Tensor();
  };
  const int64_t width = hidden_ + missing(hidden_);
  const auto wide = at::conv2d(x, filled(project_in->weight, hidden_), bias(project_in));
  const auto mixed =
      at::conv2d(wide, filled(dwconv->weight, hidden_), bias(dwconv), 1, 1, 1, 2 * width);
  const auto halves = mixed.chunk(2, 1);
  const auto gated = at::gelu(halves[0]) * halves[1];
  const auto back = at::constant_pad_nd(project_out->weight, {0, 0, 0, 0, 0, missing(hidden_)});
  return skip + at::conv2d(gated, back, project_out->bias);
}

ConvLayer GatedFeedForwardImpl::half(const Conv& layer, int64_t index) {
  const auto of = [this, index](const at::Tensor& whole) {
    return filled(whole, hidden_).chunk(2, 0)[static_cast<size_t>(index)];
  };
  const bool depthwise = layer->options.groups() > 1;
  return {.sources = {layer->weight},
          .weight = [of, layer] { return of(layer->weight); },
          .shape = {.padding = depthwise ? 1 : 0,
                    .groups = depthwise ? hidden_ + missing(hidden_) : 1}};
}

// The halves apart, without biases: the GELU and the product are part of the convolutions.
at::Tensor GatedFeedForwardImpl::infer(const at::Tensor& x, const at::Tensor& skip) {
  const auto gate =
      mix_[0](widen_[0](x, half(project_in, 0), {}), half(dwconv, 0), Activation::gelu());
  const auto gated = mix_[1].times(widen_[1](x, half(project_in, 1), {}), half(dwconv, 1), gate);
  const ConvLayer back{
      .sources = {project_out->weight}, .weight = [this] {
        return at::constant_pad_nd(project_out->weight, {0, 0, 0, 0, 0, missing(hidden_)});
      }};
  return narrow_(gated, back, {}, skip);
}

}  // namespace hyperlift::nn
