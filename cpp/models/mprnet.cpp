// MPRNet: the image in quarters, then in halves, then whole, each stage with the features of the
// one before.
//
// Paper: Zamir, Arora, Khan, Hayat, Khan, Yang, Shao, "Multi-Stage Progressive Image Restoration",
//   CVPR 2021, arXiv 2102.02808.
// Reference: caiyuanhao1998/MST-plus-plus@18e2032, train_code/architecture/MPRNet.py, MPRNet.
// Input: [B, inBands, H, W] in [0, 1].
// Output: [B, outBands, H, W], not clamped.
// Deviations: none; any number of bands, which the reference fixes at 3 and 31.
#include "models/registry.h"
#include "nn/channel_gate.h"
#include "nn/conv.h"
#include "nn/module_list.h"
#include "nn/supervised_attention.h"

namespace hyperlift {

namespace {

using nn::Conv;
using torch::nn::ModuleList;
using torch::nn::PReLU;

struct MPRNetOptions {
  int64_t in_bands = 3;
  int64_t out_bands = 31;
  int64_t image_bands = 0;
  int64_t width = 31;
  int64_t level_growth = 31;
  int64_t last_growth = 31;
  int64_t blocks = 4;
  int64_t kernel = 3;
  int64_t reduction = 1;
  bool bias = false;

  template <class Visitor>
  void visit(Visitor&& option) {
    option(in_bands, {"inBands", "", "bands of the input"});
    option(out_bands, {"outBands", "out_c", "bands of the output"});
    option(image_bands, {"imageBands", "in_c",
                         "bands of the image that the first convolution makes; it equals "
                         "outBands, and 0 says so"});
    option(width, {"width", "n_feat", "width of the features at full size"});
    option(level_growth,
           {"levelGrowth", "scale_unetfeats", "by how much each level down is wider"});
    option(last_growth, {"lastGrowth", "scale_orsnetfeats", "by how much the last stage is wider"});
    option(blocks, {"blocks", "num_cab", "blocks in each of the last stage's three parts"});
    option(kernel, {"kernel", "kernel_size", "side of the convolutions, odd"});
    option(reduction,
           {"reduction", "reduction", "by how much channel attention narrows its hidden layer"});
    option(bias, {"bias", "bias", "whether convolutions have biases"});
  }
};

// What all parts share: sizes, and the one PReLU of the whole network.
struct Parts {
  int64_t kernel;
  int64_t reduction;
  bool bias;
  PReLU act;

  Conv conv(int64_t in, int64_t out) const { return sized(in, out, kernel); }
  Conv pointwise(int64_t in, int64_t out) const { return sized(in, out, 1); }

 private:
  Conv sized(int64_t in, int64_t out, int64_t side) const {
    return Conv(torch::nn::Conv2dOptions(in, out, side).padding(side / 2).bias(bias));
  }
};

// CAB, channel attention block: figure 3 (b) of the paper.
class BlockImpl : public torch::nn::Module {
 public:
  BlockImpl(int64_t channels, const Parts& parts)
      : first_(parts.conv(channels, channels)),
        act_(parts.act),
        second_(parts.conv(channels, channels)) {
    attention =
        register_module("CA", nn::ChannelGate(channels, channels / parts.reduction, parts.bias));
    register_module("body", nn::module_list(first_, act_, second_));
  }

  at::Tensor forward(const at::Tensor& x) {  // [B, C, H, W]
    const auto features = second_(first_(x, Activation::prelu(act_->weight)));
    return at::addcmul(x, features, attention(features));
  }

 private:
  Conv first_;
  PReLU act_;
  Conv second_;
  nn::ChannelGate attention{nullptr};
};
TORCH_MODULE(Block);

// Blocks one after the other.
class ChainImpl : public torch::nn::Module {
 public:
  ChainImpl(int64_t channels, int64_t count, const Parts& parts) {
    for (int64_t i = 0; i < count; ++i) {
      blocks_.emplace_back(register_module(std::to_string(i), Block(channels, parts)));
    }
  }
  at::Tensor forward(at::Tensor x) {
    for (auto& block : blocks_) x = block(x);
    return x;
  }

 private:
  std::vector<Block> blocks_;
};
TORCH_MODULE(Chain);

// A 1 x 1 convolution; keys `down.1` and `up.1`, place 0 is the change of size.
class ResizeImpl : public torch::nn::Module {
 public:
  ResizeImpl(const char* key, int64_t in, int64_t out) : conv_(nn::pointwise_conv(in, out)) {
    register_module(key, nn::module_list(torch::nn::Identity(), conv_));
  }

  // Bilinear to half the size is the mean of 2 x 2 pixels.
  at::Tensor down(const at::Tensor& x) { return conv_(at::avg_pool2d(x, 2)); }
  // The convolution alone. It has no bias and sees single pixels, so that it may come before the
  // interpolation, where there are fewer of them.
  at::Tensor before_up(const at::Tensor& x) { return conv_(x); }

 private:
  Conv conv_;
};
TORCH_MODULE(Resize);

Resize downwards(int64_t in, int64_t out) { return Resize("down", in, out); }
Resize upwards(int64_t in, int64_t out) { return Resize("up", in, out); }

// Bilinear to twice the size, pixels seen as areas.
at::Tensor doubled(const at::Tensor& x) {
  return at::upsample_bilinear2d(x, {2 * x.size(2), 2 * x.size(3)}, /*align_corners=*/false);
}

using Maps = std::array<at::Tensor, 3>;  // of levels 1 to 3, full size first

class EncoderImpl : public torch::nn::Module {
 public:
  EncoderImpl(std::array<int64_t, 3> widths, const Parts& parts, bool fuses) {
    for (size_t i = 0; i < 3; ++i) {
      levels_[i] =
          register_module("encoder_level" + std::to_string(i + 1), Chain(widths[i], 2, parts));
    }
    down12 = register_module("down12", downwards(widths[0], widths[1]));
    down23 = register_module("down23", downwards(widths[1], widths[2]));
    if (!fuses) return;
    for (size_t i = 0; i < 3; ++i) {  // cross-stage feature fusion
      csff_enc[i] = register_module("csff_enc" + std::to_string(i + 1),
                                    parts.pointwise(widths[i], widths[i]));
    }
    for (size_t i = 0; i < 3; ++i) {
      csff_dec[i] = register_module("csff_dec" + std::to_string(i + 1),
                                    parts.pointwise(widths[i], widths[i]));
    }
  }

  Maps forward(const at::Tensor& x) {
    const auto first = levels_[0](x);
    const auto second = levels_[1](down12->down(first));
    return {first, second, levels_[2](down23->down(second))};
  }

  // With the maps of the stage before.
  Maps fuse(const at::Tensor& x, const Maps& encoded, const Maps& decoded) {
    const auto fused = [&](size_t i, const at::Tensor& map) {
      return csff_dec[i]->plus(decoded[i], csff_enc[i]->plus(encoded[i], map));
    };
    const auto first = fused(0, levels_[0](x));
    const auto second = fused(1, levels_[1](down12->down(first)));
    return {first, second, fused(2, levels_[2](down23->down(second)))};
  }

 private:
  std::array<Chain, 3> levels_{Chain(nullptr), Chain(nullptr), Chain(nullptr)};
  Resize down12{nullptr};
  Resize down23{nullptr};
  std::array<Conv, 3> csff_enc{Conv(nullptr), Conv(nullptr), Conv(nullptr)};
  std::array<Conv, 3> csff_dec{Conv(nullptr), Conv(nullptr), Conv(nullptr)};
};
TORCH_MODULE(Encoder);

class DecoderImpl : public torch::nn::Module {
 public:
  DecoderImpl(std::array<int64_t, 3> widths, const Parts& parts) {
    for (size_t i = 0; i < 3; ++i) {
      levels_[i] =
          register_module("decoder_level" + std::to_string(i + 1), Chain(widths[i], 2, parts));
    }
    skip_attn1 = register_module("skip_attn1", Block(widths[0], parts));
    skip_attn2 = register_module("skip_attn2", Block(widths[1], parts));
    up21 = register_module("up21", upwards(widths[1], widths[0]));
    up32 = register_module("up32", upwards(widths[2], widths[1]));
  }

  Maps forward(const Maps& encoded) {
    const auto third = levels_[2](encoded[2]);
    const auto second = levels_[1](doubled(up32->before_up(third)) + skip_attn2(encoded[1]));
    const auto first = levels_[0](doubled(up21->before_up(second)) + skip_attn1(encoded[0]));
    return {first, second, third};
  }

 private:
  std::array<Chain, 3> levels_{Chain(nullptr), Chain(nullptr), Chain(nullptr)};
  Block skip_attn1{nullptr};
  Block skip_attn2{nullptr};
  Resize up21{nullptr};
  Resize up32{nullptr};
};
TORCH_MODULE(Decoder);

// ORB, original resolution block: channel attention blocks, a convolution, and the input.
class FullSizeBlockImpl : public torch::nn::Module {
 public:
  FullSizeBlockImpl(int64_t channels, int64_t count, const Parts& parts)
      : last_(parts.conv(channels, channels)) {
    auto body = register_module("body", ModuleList());
    for (int64_t i = 0; i < count; ++i) {
      blocks_.emplace_back(channels, parts);
      body->push_back(blocks_.back());
    }
    body->push_back(last_);
  }
  at::Tensor forward(const at::Tensor& x) {
    auto out = x;
    for (auto& block : blocks_) out = block(out);
    return last_->plus(out, x);
  }

 private:
  std::vector<Block> blocks_;
  Conv last_;
};
TORCH_MODULE(FullSizeBlock);

// ORSNet, original resolution subnetwork: never leaves the full size, takes in the maps of stage 2.
class FullSizeNetworkImpl : public torch::nn::Module {
 public:
  FullSizeNetworkImpl(std::array<int64_t, 3> widths, int64_t channels, int64_t count,
                      const Parts& parts) {
    for (size_t i = 0; i < 3; ++i) {
      blocks_[i] =
          register_module("orb" + std::to_string(i + 1), FullSizeBlock(channels, count, parts));
    }
    const auto twice = [&] {
      return std::array{upwards(widths[2], widths[1]), upwards(widths[1], widths[0])};
    };
    up_enc1 = register_module("up_enc1", upwards(widths[1], widths[0]));
    up_dec1 = register_module("up_dec1", upwards(widths[1], widths[0]));
    up_enc2 = twice();
    up_dec2 = twice();
    register_module("up_enc2", nn::module_list(up_enc2[0], up_enc2[1]));
    register_module("up_dec2", nn::module_list(up_dec2[0], up_dec2[1]));
    for (size_t i = 0; i < 3; ++i) {
      conv_enc[i] =
          register_module("conv_enc" + std::to_string(i + 1), parts.pointwise(widths[0], channels));
    }
    for (size_t i = 0; i < 3; ++i) {
      conv_dec[i] =
          register_module("conv_dec" + std::to_string(i + 1), parts.pointwise(widths[0], channels));
    }
  }

  // All 1 x 1 convolutions come before the interpolations, and encoder and decoder share one:
  // sums and interpolations may change places.
  at::Tensor forward(at::Tensor x, const Maps& encoded, const Maps& decoded) {
    x = conv_dec[0]->plus(decoded[0], conv_enc[0]->plus(encoded[0], blocks_[0](x)));
    const auto second = joined(1, up_enc1->before_up(encoded[1]), up_dec1->before_up(decoded[1]));
    x = blocks_[1](x) + doubled(second);
    const auto lifted = [](std::array<Resize, 2>& up, const at::Tensor& map) {
      return up[1]->before_up(up[0]->before_up(map));
    };
    const auto third = joined(2, lifted(up_enc2, encoded[2]), lifted(up_dec2, decoded[2]));
    return blocks_[2](x) + doubled(doubled(third));
  }

 private:
  at::Tensor joined(size_t i, const at::Tensor& encoded, const at::Tensor& decoded) {
    return conv_dec[i]->plus(decoded, conv_enc[i](encoded));
  }

  std::array<FullSizeBlock, 3> blocks_{FullSizeBlock(nullptr), FullSizeBlock(nullptr),
                                       FullSizeBlock(nullptr)};
  Resize up_enc1{nullptr};
  Resize up_dec1{nullptr};
  std::array<Resize, 2> up_enc2{Resize(nullptr), Resize(nullptr)};
  std::array<Resize, 2> up_dec2{Resize(nullptr), Resize(nullptr)};
  std::array<Conv, 3> conv_enc{Conv(nullptr), Conv(nullptr), Conv(nullptr)};
  std::array<Conv, 3> conv_dec{Conv(nullptr), Conv(nullptr), Conv(nullptr)};
};
TORCH_MODULE(FullSizeNetwork);

// The two halves of each image along `dim`, one batch after the other, and back.
at::Tensor cut(const at::Tensor& x, int64_t dim) { return at::cat(x.chunk(2, dim), 0); }
at::Tensor join(const at::Tensor& x, int64_t dim) { return at::cat(x.chunk(2, 0), dim); }
Maps join(const Maps& maps, int64_t dim) {
  return {join(maps[0], dim), join(maps[1], dim), join(maps[2], dim)};
}

constexpr int64_t kRows = 2;
constexpr int64_t kColumns = 3;

const MPRNetOptions& checked(const MPRNetOptions& options) {
  if (options.image_bands != 0 && options.image_bands != options.out_bands) {
    fail("MODEL_OPTION", "network mprnet: option imageBands is ", options.image_bands,
         ", expected ", options.out_bands, " (outBands) or 0: the result is added to that image");
  }
  if (options.kernel < 1 || options.kernel % 2 == 0) {
    fail("MODEL_OPTION", "network mprnet: option kernel is ", options.kernel,
         ", expected an odd number");
  }
  if (options.reduction < 1 || options.reduction > options.width) {
    fail("MODEL_OPTION", "network mprnet: option reduction is ", options.reduction,
         ", expected 1 to ", options.width, " (width)");
  }
  return options;
}

class MPRNet : public Network {
 public:
  explicit MPRNet(const MPRNetOptions& given) {
    const auto& options = checked(given);
    const Parts parts{options.kernel, options.reduction, options.bias, PReLU()};
    const int64_t bands = options.out_bands;
    const int64_t width = options.width;
    const int64_t wide = width + options.last_growth;
    const std::array widths{width, width + options.level_growth, width + 2 * options.level_growth};
    conv_in = register_module("conv_in",
                              Conv(torch::nn::Conv2dOptions(options.in_bands, bands, options.kernel)
                                       .padding(options.kernel / 2)
                                       .bias(false)));
    for (size_t i = 0; i < 3; ++i) {
      shallow_conv_.push_back(parts.conv(bands, width));
      shallow_block_.emplace_back(width, parts);
      register_module("shallow_feat" + std::to_string(i + 1),
                      nn::module_list(shallow_conv_[i], shallow_block_[i]));
    }
    stage1_encoder = register_module("stage1_encoder", Encoder(widths, parts, false));
    stage1_decoder = register_module("stage1_decoder", Decoder(widths, parts));
    stage2_encoder = register_module("stage2_encoder", Encoder(widths, parts, true));
    stage2_decoder = register_module("stage2_decoder", Decoder(widths, parts));
    stage3_orsnet =
        register_module("stage3_orsnet", FullSizeNetwork(widths, wide, options.blocks, parts));
    sam12 = register_module("sam12", nn::SupervisedAttention(width, bands, 1, options.bias));
    sam23 = register_module("sam23", nn::SupervisedAttention(width, bands, 1, options.bias));
    concat12 = register_module("concat12", parts.conv(2 * width, width));
    concat23 = register_module("concat23", parts.conv(2 * width, wide));
    tail = register_module("tail", parts.conv(wide, bands));
  }

  at::Tensor forward(const at::Tensor& x) override {  // H and W multiples of 8
    const auto image = conv_in(x.contiguous(at::MemoryFormat::ChannelsLast));
    const auto halves = cut(image, kRows);  // [2 B, bands, H/2, W]: upper, then lower

    const auto quarters = cut(halves, kColumns);
    const auto encoded1 = join(stage1_encoder(shallow(0, quarters)), kColumns);
    const auto decoded1 = stage1_decoder(encoded1);
    const auto handed1 = sam12(decoded1[0], halves);

    const auto start2 = concat12(at::cat({shallow(1, halves), handed1}, 1));
    const auto encoded2 = join(stage2_encoder->fuse(start2, encoded1, decoded1), kRows);
    const auto decoded2 = stage2_decoder(encoded2);
    const auto handed2 = sam23(decoded2[0], image);

    const auto start3 = concat23(at::cat({shallow(2, image), handed2}, 1));
    return tail->plus(stage3_orsnet(start3, encoded2, decoded2), image);
  }

 private:
  at::Tensor shallow(size_t stage, const at::Tensor& image) {
    return shallow_block_[stage](shallow_conv_[stage](image));
  }

  Conv conv_in{nullptr};
  std::vector<Conv> shallow_conv_;
  std::vector<Block> shallow_block_;
  Encoder stage1_encoder{nullptr};
  Decoder stage1_decoder{nullptr};
  Encoder stage2_encoder{nullptr};
  Decoder stage2_decoder{nullptr};
  FullSizeNetwork stage3_orsnet{nullptr};
  nn::SupervisedAttention sam12{nullptr};
  nn::SupervisedAttention sam23{nullptr};
  Conv concat12{nullptr};
  Conv concat23{nullptr};
  Conv tail{nullptr};
};

HYPERLIFT_MODEL("mprnet", MPRNet, MPRNetOptions,
                ModelFacts{.task = "spectral",
                           .title = "MPRNet",
                           .year = 2021,
                           .paper = "Zamir, Arora, Khan, Hayat, Khan, Yang, Shao: Multi-Stage "
                                    "Progressive Image Restoration, CVPR 2021",
                           .reference = "caiyuanhao1998/MST-plus-plus@18e2032, "
                                        "train_code/architecture/MPRNet.py, MPRNet",
                           .size = {.multiple = 8},
                           .optional_keys = {}})

}  // namespace

}  // namespace hyperlift
