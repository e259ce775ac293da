// HINet: two U-shaped networks of blocks that normalise one half of their channels by the image's
// own statistics; the second sees the maps of the first.
//
// Paper: Chen, Lu, Zhang, Chu, Chen, "HINet: Half Instance Normalization Network for Image
//   Restoration", CVPRW 2021, arXiv 2105.06086.
// Reference: caiyuanhao1998/MST-plus-plus@18e2032, train_code/architecture/hinet.py, HINet.
// Input: [B, inBands, H, W] in [0, 1].
// Output: [B, outBands, H, W], not clamped.
// Deviations: none; any number of input bands, which the reference fixes at 3.
#include "models/registry.h"
#include "nn/conv.h"
#include "nn/supervised_attention.h"

namespace hyperlift {

namespace {

using nn::Conv;
using torch::nn::ModuleList;

struct HINetOptions {
  int64_t in_bands = 3;
  int64_t out_bands = 31;
  int64_t image_bands = 0;
  int64_t width = 0;
  int64_t depth = 4;
  double slope = 0.2;
  int64_t norm_from = 0;
  int64_t norm_to = 4;

  template <class Visitor>
  void visit(Visitor&& option) {
    option(in_bands, {"inBands", "", "bands of the input"});
    option(out_bands, {"outBands", "out_chn", "bands of the output"});
    option(image_bands, {"imageBands", "in_chn",
                         "bands of the image that the first convolution makes; it equals "
                         "outBands, and 0 says so"});
    option(width, {"width", "wf",
                   "width of the features at full size; it equals outBands, and 0 says so"});
    option(depth, {"depth", "depth", "levels of each stage, from 1 to 5"});
    option(slope, {"slope", "relu_slope", "factor of the negative side of LeakyReLU"});
    option(norm_from, {"normFrom", "hin_position_left", "first level that normalises"});
    option(norm_to, {"normTo", "hin_position_right", "last level that normalises"});
  }
};

Conv conv3(int64_t in, int64_t out, bool bias = true) {
  return Conv(torch::nn::Conv2dOptions(in, out, 3).padding(1).bias(bias));
}

Conv conv1(int64_t in, int64_t out) { return Conv(torch::nn::Conv2dOptions(in, out, 1)); }

// Half instance norm: the first half of the channels (the larger one) is normalised over the
// pixels of each image, the rest is left. The parameters are those of nn.InstanceNorm2d.
class HalfInstanceNormImpl : public torch::nn::Module {
 public:
  explicit HalfInstanceNormImpl(int64_t channels) {
    weight = register_parameter("weight", torch::ones({(channels + 1) / 2}));
    bias = register_parameter("bias", torch::zeros({(channels + 1) / 2}));
  }

  // x: [B, C, H, W], nobody else's
  at::Tensor forward(at::Tensor x, const Activation& then) {
    const int64_t half = weight.size(0);
    auto part = x.narrow(1, 0, half);
    // Groups of one channel; unlike instance_norm it takes channels-last memory as it is.
    const auto normed = at::group_norm(part.contiguous(at::MemoryFormat::ChannelsLast), half,
                                       weight, bias, /*eps=*/1e-5);
    if (at::GradMode::is_enabled()) {
      x = at::cat({normed, x.narrow(1, half, x.size(1) - half)}, 1);
    } else {
      part.copy_(normed);
    }
    return then.in_place(std::move(x));
  }

 private:
  at::Tensor weight;
  at::Tensor bias;
};
TORCH_MODULE(HalfInstanceNorm);

struct BlockOptions {
  int64_t in;
  int64_t out;
  double slope;
  bool norm = false;
  bool fuse = false;  // takes in the maps of the stage before (cross-stage feature fusion)
  bool down = false;  // makes a half-size map, too
};

// HIN block (figure 3 of the paper), or without the norm its ResBlock.
class BlockImpl : public torch::nn::Module {
 public:
  explicit BlockImpl(const BlockOptions& options) : slope_(options.slope) {
    identity = register_module("identity", conv1(options.in, options.out));
    conv_1 = register_module("conv_1", conv3(options.in, options.out));
    conv_2 = register_module("conv_2", conv3(options.out, options.out));
    if (options.fuse) {
      csff_enc = register_module("csff_enc", conv3(options.out, options.out));
      csff_dec = register_module("csff_dec", conv3(options.out, options.out));
    }
    if (options.norm) norm = register_module("norm", HalfInstanceNorm(options.out));
    if (options.down) {
      downsample = register_module("downsample", nn::halving_conv(options.out, options.out));
    }
  }

  at::Tensor forward(const at::Tensor& x) {  // [B, in, H, W] -> [B, out, H, W]
    const auto relu = Activation::leaky_relu(slope_);
    const auto first = norm.is_empty() ? conv_1(x, relu) : norm(conv_1(x), relu);
    return identity->plus(x, conv_2(first, relu));
  }
  at::Tensor fuse(const at::Tensor& x, const at::Tensor& encoded, const at::Tensor& decoded) {
    return csff_dec->plus(decoded, csff_enc->plus(encoded, x));
  }
  at::Tensor half(const at::Tensor& x) { return downsample(x); }

 private:
  double slope_;
  Conv identity{nullptr};
  Conv conv_1{nullptr};
  Conv conv_2{nullptr};
  Conv csff_enc{nullptr};
  Conv csff_dec{nullptr};
  HalfInstanceNorm norm{nullptr};
  Conv downsample{nullptr};
};
TORCH_MODULE(Block);

class UpBlockImpl : public torch::nn::Module {
 public:
  UpBlockImpl(int64_t in, int64_t out, double slope) {
    up = register_module(
        "up", torch::nn::ConvTranspose2d(torch::nn::ConvTranspose2dOptions(in, out, 2).stride(2)));
    conv_block = register_module("conv_block", Block(BlockOptions{in, out, slope}));
  }
  at::Tensor forward(const at::Tensor& x, const at::Tensor& bridge) {
    return conv_block(at::cat({up(x), bridge}, 1));
  }

 private:
  torch::nn::ConvTranspose2d up{nullptr};
  Block conv_block{nullptr};
};
TORCH_MODULE(UpBlock);

using Maps = std::vector<at::Tensor>;  // of a stage's levels, full size first

// One U. The reference keeps its parts in three lists of the network (`register_in`).
class Stage {
 public:
  Stage(const HINetOptions& options, bool second) {
    int64_t width = options.out_bands;
    for (int64_t level = 0; level < options.depth; ++level) {
      const bool last = level + 1 == options.depth;
      const int64_t out = options.out_bands << level;
      down_.emplace_back(BlockOptions{
          .in = width,
          .out = out,
          .slope = options.slope,
          .norm = options.norm_from <= level && level <= options.norm_to,
          .fuse = second && !last,
          .down = !last,
      });
      width = out;
    }
    for (int64_t level = options.depth - 2; level >= 0; --level) {
      const int64_t out = options.out_bands << level;
      up_.emplace_back(2 * out, out, options.slope);
      skips_.emplace_back(conv3(out, out));
    }
  }

  static ModuleList list(const auto& layers) {
    ModuleList result;
    for (const auto& layer : layers) result->push_back(layer);
    return result;
  }
  ModuleList down_path() const { return list(down_); }
  ModuleList up_path() const { return list(up_); }
  ModuleList skip_conv() const { return list(skips_); }

  struct Result {
    Maps encoded;  // of every level but the deepest
    Maps decoded;  // in the same order
    at::Tensor out;
  };

  // `before`: the maps of the stage before, null in the first.
  Result forward(at::Tensor x, const Result* before) {
    Result result;
    const size_t levels = up_.size();
    for (size_t level = 0; level < levels; ++level) {
      auto full = down_[level](x);
      if (before != nullptr) {
        full = down_[level]->fuse(full, before->encoded[level], before->decoded[level]);
      }
      x = down_[level]->half(full);
      result.encoded.push_back(std::move(full));
    }
    x = down_[levels](x);
    result.decoded.resize(levels);
    for (size_t i = 0; i < levels; ++i) {
      const size_t level = levels - 1 - i;
      x = up_[i](x, skips_[i](result.encoded[level]));
      result.decoded[level] = x;
    }
    result.out = x;
    return result;
  }

 private:
  std::vector<Block> down_;
  std::vector<UpBlock> up_;
  std::vector<Conv> skips_;
};

const HINetOptions& checked(const HINetOptions& options) {
  const auto equal = [&](const char* name, int64_t value) {
    if (value != 0 && value != options.out_bands) {
      fail("MODEL_OPTION", "network hinet: option ", name, " is ", value, ", expected ",
           options.out_bands, " (outBands) or 0: the result is added to the features");
    }
  };
  equal("imageBands", options.image_bands);
  equal("width", options.width);
  if (options.depth < 1 || options.depth > 5) {
    fail("MODEL_OPTION", "network hinet: option depth is ", options.depth, ", expected 1 to 5");
  }
  return options;
}

class HINet : public Network {
 public:
  explicit HINet(const HINetOptions& options)
      : first_(checked(options), false), second_(options, true) {
    const int64_t bands = options.out_bands;
    conv_in = register_module("conv_in", conv3(options.in_bands, bands, false));
    register_module("down_path_1", first_.down_path());
    register_module("down_path_2", second_.down_path());
    conv_01 = register_module("conv_01", conv3(bands, bands));
    conv_02 = register_module("conv_02", conv3(bands, bands));
    register_module("up_path_1", first_.up_path());
    register_module("up_path_2", second_.up_path());
    register_module("skip_conv_1", first_.skip_conv());
    register_module("skip_conv_2", second_.skip_conv());
    sam12 = register_module("sam12", nn::SupervisedAttention(bands, bands, 3, true));
    cat12 = register_module("cat12", conv1(2 * bands, bands));
    last = register_module("last", conv3(bands, bands));
  }

  at::Tensor forward(const at::Tensor& x) override {  // H and W multiples of 16
    const auto image = conv_in(x.contiguous(at::MemoryFormat::ChannelsLast));
    const auto first = first_.forward(conv_01(image), nullptr);
    const auto handed_on = sam12(first.out, image);
    const auto joined = cat12(at::cat({conv_02(image), handed_on}, 1));
    return last->plus(second_.forward(joined, &first).out, image);
  }

 private:
  Stage first_;
  Stage second_;
  Conv conv_in{nullptr};
  Conv conv_01{nullptr};
  Conv conv_02{nullptr};
  nn::SupervisedAttention sam12{nullptr};
  Conv cat12{nullptr};
  Conv last{nullptr};
};

HYPERLIFT_MODEL("hinet", HINet, HINetOptions,
                ModelFacts{.task = "spectral",
                           .title = "HINet",
                           .year = 2021,
                           .paper = "Chen, Lu, Zhang, Chu, Chen: HINet: Half Instance "
                                    "Normalization Network for Image Restoration, CVPRW 2021",
                           .reference = "caiyuanhao1998/MST-plus-plus@18e2032, "
                                        "train_code/architecture/hinet.py, HINet",
                           .size = {.multiple = 16},
                           .optional_keys = {}})

}  // namespace

}  // namespace hyperlift
