#include "nn/shuffle_upsampler.h"

#include "nn/normed_conv.h"
#include "nn/residual_block.h"

namespace hyperlift::nn {

ShuffleUpsamplerImpl::ShuffleUpsamplerImpl(int64_t width, int64_t scale)
    : factors_(shuffle_factors(scale)) {
  for (const int64_t factor : factors_) {
    const auto key = std::to_string(2 * convs_.size());
    convs_.emplace_back(register_module(key, conv3(width, factor * factor * width)));
  }
}

at::Tensor ShuffleUpsamplerImpl::forward(at::Tensor x) {
  for (size_t i = 0; i < convs_.size(); ++i) x = at::pixel_shuffle(convs_[i](x), factors_[i]);
  return x;
}

}  // namespace hyperlift::nn
