// Transformer blocks in a row, a convolution behind them and a skip around them (SST, SERT; first
// in SwinIR).
#pragma once

#include "core/torch.h"
#include "nn/conv.h"
#include "nn/layout.h"

namespace hyperlift::nn {

// Block: a module holder with forward(rows [B, H*W, C], height, width) -> rows. Keys smsblock.*,
// conv.
template <class Block>
class ResidualGroup : public torch::nn::Module {
 public:
  ResidualGroup(std::vector<Block> blocks, int64_t channels)
      : blocks_(std::move(blocks)),
        conv_(torch::nn::Conv2dOptions(channels, channels, 3).padding(1)) {
    auto list = register_module("smsblock", torch::nn::ModuleList());
    for (auto& block : blocks_) list->push_back(block);
    register_module("conv", conv_);
  }

  at::Tensor forward(const at::Tensor& image) {  // [B, C, H, W], channels-last
    auto rows = to_rows(image);
    for (auto& block : blocks_) rows = block(rows, image.size(2), image.size(3));
    return conv_->plus(to_image(rows, image.size(2), image.size(3)), image);
  }

 private:
  std::vector<Block> blocks_;
  Conv conv_;
};

}  // namespace hyperlift::nn
