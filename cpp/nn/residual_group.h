// Transformer blocks in a row, a convolution behind them and a skip around them (SST, SERT; first
// in SwinIR).
#pragma once

#include "core/torch.h"
#include "nn/band_sort.h"
#include "nn/conv.h"
#include "nn/drop_path.h"
#include "nn/layout.h"

#include <numeric>

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

struct ResidualGroupsShape {
  int64_t in_bands, width, out_bands;
  std::vector<int64_t> depths;  // blocks of each group
  double drop_path;             // of the last block; it rises from 0
};

// The network around them: features, the groups with a skip around all, the cube. Base: Network.
template <class Base, class Block>
class ResidualGroups : public Base {
 public:
  // make(group, number in the group, rate of drop path) -> Block
  template <class Make>
  ResidualGroups(const ResidualGroupsShape& shape, Make&& make) {
    const auto conv3 = [](int64_t in, int64_t out, bool bias) {
      return Conv(torch::nn::Conv2dOptions(in, out, 3).padding(1).bias(bias));
    };
    first_ = this->register_module("conv_first", conv3(shape.in_bands, shape.width, true));
    auto layers = this->register_module("layers", torch::nn::ModuleList());
    const auto rates = drop_path_rates(
        shape.drop_path, std::accumulate(shape.depths.begin(), shape.depths.end(), int64_t{0}));
    auto rate = rates.begin();
    for (size_t group = 0; group < shape.depths.size(); ++group) {
      std::vector<Block> blocks;
      for (int64_t i = 0; i < shape.depths[group]; ++i) blocks.push_back(make(group, i, *rate++));
      groups_.push_back(std::make_shared<ResidualGroup<Block>>(std::move(blocks), shape.width));
      layers->push_back(groups_.back());
    }
    last_ = this->register_module("output", conv3(shape.width, shape.width, false));
    cube_ = this->register_module("conv_delasta", conv3(shape.width, shape.out_bands, true));
    this->register_module("sort", BandSort());
  }

  at::Tensor forward(const at::Tensor& image) override {
    const auto features = first_(image.contiguous(at::MemoryFormat::ChannelsLast));
    auto x = features;
    for (auto& group : groups_) x = group->forward(x);
    return cube_(last_(x + features));
  }

 private:
  Conv first_{nullptr};
  std::vector<std::shared_ptr<ResidualGroup<Block>>> groups_;
  Conv last_{nullptr};
  Conv cube_{nullptr};
};

}  // namespace hyperlift::nn
