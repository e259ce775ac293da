#include "nn/mlp.h"

#include "nn/layout.h"

namespace hyperlift::nn {

namespace {

// A linear layer as a 1 x 1 convolution of the image.
ConvLayer as_conv(const torch::nn::Linear& linear) {
  return {.sources = {linear->weight},
          .weight = [weight = linear->weight] { return weight.unsqueeze(-1).unsqueeze(-1); },
          .bias = linear->bias};
}

}  // namespace

MlpImpl::MlpImpl(int64_t channels, int64_t hidden) {
  fc1 = register_module("fc1", torch::nn::Linear(channels, hidden));
  fc2 = register_module("fc2", torch::nn::Linear(hidden, channels));
}

at::Tensor MlpImpl::forward(const at::Tensor& x, int64_t height, int64_t width,
                            const at::Tensor& skip, const DropPath& drop) {
  if (drop->active() || !FusedConv::serves(x)) return skip + drop->forward(fc2(at::gelu(fc1(x))));
  const auto hidden = first_(to_image(x, height, width), as_conv(fc1), Activation::gelu());
  // bfloat16 must not narrow the residual stream.
  if (hidden.scalar_type() != skip.scalar_type()) {
    return skip + to_rows(second_(hidden, as_conv(fc2), {}));
  }
  return to_rows(second_(hidden, as_conv(fc2), {}, to_image(skip, height, width)));
}

}  // namespace hyperlift::nn
