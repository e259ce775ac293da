// ResBlock: a plain chain of residual blocks, the residual variant of HSCNN+.
//
// Paper: Shi, Chen, Xiong, Liu, Wu, "HSCNN+: Advanced CNN-Based Hyperspectral Recovery from RGB
// Images", CVPRW 2018 (HSCNN-R).
// Reference: SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/resblock.py, resblock.
// Input: [B, inBands, H, W] in [0, 1].
// Output: [B, outBands, H, W], not clamped.
// Deviations: the band sort of the reference's tuple belongs to the paradigm, not to the network;
// its weight starts at 1.
#include "models/registry.h"
#include "nn/band_sort.h"
#include "nn/conv.h"

#include <cmath>

namespace hyperlift {

namespace {

using nn::Conv;
using torch::nn::ModuleList;

constexpr int64_t kWidth = 64;

struct ResBlockOptions {
  int64_t in_bands = 3;
  int64_t out_bands = 31;
  int64_t blocks = 16;
  std::string block = "conv_relu_res_relu_block";

  template <class Visitor>
  void visit(Visitor&& option) {
    option(in_bands, {"inBands", "input_channel", "bands of the input"});
    option(out_bands, {"outBands", "output_channel", "bands of the output"});
    option(blocks, {"blocks", "block_num", "number of residual blocks"});
    option(block,
           {"block",
            "block",
            "kind of block, by the authors' names: with or without a ReLU behind the sum, and "
            "what is added as it is or times 0.1",
            {"conv_relu_res_block", "conv_relu_res_block_scale01", "conv_relu_res_relu_block",
             "conv_relu_res_relu_block_scale01"}});
  }
};

Conv conv3(int64_t in, int64_t out) {
  return Conv(torch::nn::Conv2dOptions(in, out, 3).padding(1));
}

// x + scale conv2(ReLU(conv1(x))), and then a ReLU or nothing.
class BlockImpl : public torch::nn::Module {
 public:
  explicit BlockImpl(const std::string& kind)
      : scale_(kind.ends_with("_scale01") ? 0.1 : 1.0),
        after_(kind.starts_with("conv_relu_res_relu") ? Activation::relu() : Activation()) {
    conv1 = register_module("conv1", conv3(kWidth, kWidth));
    conv2 = register_module("conv2", conv3(kWidth, kWidth));
  }

  at::Tensor forward(const at::Tensor& x) {
    const auto hidden = conv1(x, Activation::relu());
    if (scale_ == 1.0) return conv2->plus(hidden, x, after_);
    return after_.in_place(at::add(x, conv2(hidden), scale_));
  }

 private:
  double scale_;
  Activation after_;
  Conv conv1{nullptr};
  Conv conv2{nullptr};
};
TORCH_MODULE(Block);

class ResBlock : public Network {
 public:
  explicit ResBlock(const ResBlockOptions& options) {
    if (options.blocks < 1) {
      fail("MODEL_OPTION", "network resblock: option blocks is ", options.blocks,
           ", expected at least 1");
    }
    input_conv = register_module("input_conv", conv3(options.in_bands, kWidth));
    conv_seq = register_module("conv_seq", ModuleList());
    for (int64_t i = 0; i < options.blocks; ++i) {
      blocks_.emplace_back(options.block);
      conv_seq->push_back(blocks_.back());
    }
    conv = register_module("conv", conv3(kWidth, kWidth));
    output_conv = register_module("output_conv", conv3(kWidth, options.out_bands));
    initialise();
    register_module("sort", nn::BandSort());
  }

  at::Tensor forward(const at::Tensor& x) override {
    const auto features = input_conv(x.contiguous(at::MemoryFormat::ChannelsLast));
    auto out = features;
    for (auto& block : blocks_) out = block(out);
    return output_conv(conv->plus(out, features, Activation::relu()));
  }

 private:
  // Weights: normal, variance 2 / (kernel area * output channels).
  void initialise() {
    const torch::NoGradGuard no_grad;
    for (const auto& module : modules(false)) {
      if (auto* layer = module->as<torch::nn::Conv2d>()) {
        const auto fan_out = static_cast<double>(9 * layer->weight.size(0));
        layer->weight.normal_(0.0, std::sqrt(2.0 / fan_out));
      }
    }
  }

  Conv input_conv{nullptr};
  ModuleList conv_seq{nullptr};
  std::vector<Block> blocks_;
  Conv conv{nullptr};
  Conv output_conv{nullptr};
};

HYPERLIFT_MODEL(
    "resblock", ResBlock, ResBlockOptions,
    ModelFacts{
        .task = "spectral",
        .title = "ResBlock",
        .year = 2018,
        .paper = "Shi, Chen, Xiong, Liu, Wu: HSCNN+: Advanced CNN-Based Hyperspectral Recovery "
                 "from RGB Images, CVPRW 2018",
        .reference =
            "SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/resblock.py, resblock",
        .unused = {"sort.conv.weight"}})

}  // namespace

}  // namespace hyperlift
