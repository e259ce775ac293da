#include "nn/residual_block.h"

#include "nn/module_list.h"

namespace hyperlift::nn {

Conv conv3(int64_t in, int64_t out) {
  return Conv(torch::nn::Conv2dOptions(in, out, 3).padding(1));
}

ResBlockImpl::ResBlockImpl(int64_t width, double scale)
    : scale_(scale), first_(conv3(width, width)), second_(conv3(width, width)) {
  register_module("body", module_list(first_, torch::nn::ReLU(), second_));
}

at::Tensor ResBlockImpl::forward(const at::Tensor& x) {
  const auto features = first_(x, Activation::relu());
  return scale_ == 1.0 ? second_->plus(features, x) : at::add(x, second_(features), scale_);
}

}  // namespace hyperlift::nn
