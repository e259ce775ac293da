// MST: a U-shape of attention between bands, guided by a mask that is learned from the image.
//
// Paper: Cai, Lin, Hu, Wang, Yuan, Zhang, Timofte, Van Gool, "Mask-guided Spectral-wise Transformer
// for Efficient Hyperspectral Image Reconstruction", CVPR 2022, arXiv 2111.07910 (a method of
// compressive imaging; the variant for RGB is its authors' too).
// Reference: SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/MST.py, MST; first
// published in caiyuanhao1998/MST-plus-plus@18e2032, train_code/architecture/MST.py.
// Input: [B, inBands, H, W] in [0, 1].
// Output: [B, outBands, H, W], not clamped.
// Deviations: each image has the mask of its own; the reference takes the first image's for the
// whole batch (option `mask`). Any number of bands.
#include "models/registry.h"
#include "nn/conv.h"
#include "nn/depthwise_feed_forward.h"
#include "nn/layout.h"
#include "nn/module_list.h"
#include "nn/spectral_attention.h"

namespace hyperlift {

namespace {

using nn::Conv;
using torch::nn::ModuleList;

struct MSTOptions {
  int64_t in_bands = 3;
  int64_t out_bands = 31;
  int64_t levels = 1;
  std::vector<int64_t> blocks = {2};
  std::string mask = "own";

  template <class Visitor>
  void visit(Visitor&& option) {
    option(in_bands, {"inBands", "", "bands of the input"});
    option(out_bands, {"outBands", "dim", "bands of the output, and width of the features"});
    option(levels, {"levels", "stage", "how often the size is halved, 1 to 3"});
    option(blocks, {"blocks", "num_blocks",
                    "blocks of each level from full size down, the last also of the bottleneck"});
    option(mask, {"mask",
                  "",
                  "whose mask guides an image: its own, or that of the first image of the batch, "
                  "as published",
                  {"own", "first-sample"}});
  }
};

Conv conv3(int64_t in, int64_t out) {
  return Conv(torch::nn::Conv2dOptions(in, out, 3).padding(1).bias(false));
}

// Mask attention (paper, MM): a factor for each value, the mask's features times 1 + a gate.
class MaskGuidanceImpl : public torch::nn::Module {
 public:
  explicit MaskGuidanceImpl(int64_t channels) {
    conv1 = register_module("conv1", Conv(torch::nn::Conv2dOptions(channels, channels, 1)));
    conv2 = register_module("conv2", Conv(torch::nn::Conv2dOptions(channels, channels, 1)));
    depth_conv = register_module(
        "depth_conv",
        Conv(torch::nn::Conv2dOptions(channels, channels, 5).padding(2).groups(channels)));
  }

  at::Tensor forward(const at::Tensor& mask) {  // [B, C, H, W]
    const auto features = conv1(mask);
    const auto gate = depth_conv(conv2(features), Activation::sigmoid());
    return at::addcmul(features, features, gate);
  }

 private:
  Conv conv1{nullptr};
  Conv conv2{nullptr};
  Conv depth_conv{nullptr};
};
TORCH_MODULE(MaskGuidance);

// MS-MSA: attention between bands whose values the mask scales.
class MaskedAttentionImpl : public nn::SpectralAttentionImpl {
 public:
  MaskedAttentionImpl(int64_t channels, int64_t heads)
      : nn::SpectralAttentionImpl({.channels = channels,
                                   .heads = heads,
                                   .head_width = channels / heads,
                                   .positions = true}) {
    mm = register_module("mm", MaskGuidance(channels));
  }

  // image, mask: [B, C, H, W] (a mask of one image serves a whole batch) -> [B, H*W, C]
  at::Tensor forward(const at::Tensor& image, const at::Tensor& mask) {
    const auto x = nn::to_rows(image);
    return nn::SpectralAttentionImpl::forward(x, image.size(2), image.size(3), x,
                                              nn::to_rows(mm(mask)));
  }

 private:
  MaskGuidance mm{nullptr};
};
TORCH_MODULE(MaskedAttention);

// MSAB: attention, then feed-forward, each with its skip; no norm before the attention.
class AttentionBlocksImpl : public torch::nn::Module {
 public:
  AttentionBlocksImpl(int64_t channels, int64_t heads, int64_t count) {
    auto blocks = register_module("blocks", ModuleList());
    for (int64_t i = 0; i < count; ++i) {
      attentions_.emplace_back(channels, heads);
      feed_forwards_.emplace_back(channels);
      blocks->push_back(nn::module_list(attentions_.back(), feed_forwards_.back()));
    }
  }

  at::Tensor forward(at::Tensor x, const at::Tensor& mask) {  // [B, C, H, W], channels-last
    for (size_t i = 0; i < attentions_.size(); ++i) {
      x = feed_forwards_[i](attentions_[i](x, mask), x.size(2), x.size(3));
    }
    return x;
  }

 private:
  std::vector<MaskedAttention> attentions_;
  std::vector<nn::NormedFeedForward> feed_forwards_;
};
TORCH_MODULE(AttentionBlocks);

// One level on the way down; features and mask are halved apart.
struct Encoder {
  AttentionBlocks blocks;
  Conv halve_features;
  Conv halve_mask;

  Encoder(int64_t channels, int64_t heads, int64_t count)
      : blocks(channels, heads, count),
        halve_features(nn::halving_conv(channels, 2 * channels)),
        halve_mask(nn::halving_conv(channels, 2 * channels)) {}
  ModuleList layers() const { return nn::module_list(blocks, halve_features, halve_mask); }
};

// One level on the way up.
struct Decoder {
  torch::nn::ConvTranspose2d double_size;
  Conv fuse;
  AttentionBlocks blocks;

  Decoder(int64_t channels, int64_t heads, int64_t count)
      : double_size(torch::nn::ConvTranspose2dOptions(2 * channels, channels, 2).stride(2)),
        fuse(nn::pointwise_conv(2 * channels, channels)),
        blocks(channels, heads, count) {}
  ModuleList layers() const { return nn::module_list(double_size, fuse, blocks); }
};

class MST : public Network {
 public:
  explicit MST(const MSTOptions& options) : first_mask_(options.mask == "first-sample") {
    check(options);
    const int64_t bands = options.out_bands;
    embedding_1 = register_module("embedding_1", conv3(options.in_bands, bands));
    embedding_2 = register_module("embedding_2", conv3(options.in_bands, bands));
    auto encoder_layers = register_module("encoder_layers", ModuleList());
    for (int64_t level = 0; level < options.levels; ++level) {
      encoders_.emplace_back(bands << level, int64_t{1} << level, options.blocks[level]);
      encoder_layers->push_back(encoders_.back().layers());
    }
    bottleneck = register_module(
        "bottleneck", AttentionBlocks(bands << options.levels, int64_t{1} << options.levels,
                                      options.blocks.back()));
    auto decoder_layers = register_module("decoder_layers", ModuleList());
    for (int64_t level = options.levels - 1; level >= 0; --level) {
      decoders_.emplace_back(bands << level, int64_t{1} << level, options.blocks[level]);
      decoder_layers->push_back(decoders_.back().layers());
    }
    mapping = register_module("mapping", conv3(bands, bands));
  }

  at::Tensor forward(const at::Tensor& input) override {  // H and W multiples of 8
    const auto x = input.contiguous(at::MemoryFormat::ChannelsLast);
    const auto leaky = Activation::leaky_relu(0.1);
    std::vector<at::Tensor> masks = {embedding_1(first_mask_ ? x.slice(0, 0, 1) : x, leaky)};
    std::vector<at::Tensor> kept;
    const auto features = embedding_2(x, leaky);
    auto out = features;
    for (auto& level : encoders_) {
      kept.push_back(level.blocks(out, masks.back()));
      out = level.halve_features(kept.back());
      masks.push_back(level.halve_mask(masks.back()));
    }
    out = bottleneck(out, masks.back());
    for (auto& level : decoders_) {
      masks.pop_back();
      const auto both = at::cat({level.double_size(out), kept.back()}, 1);
      kept.pop_back();
      out = level.blocks(level.fuse(both), masks.back());
    }
    return mapping->plus(out, features);
  }

 private:
  static void check(const MSTOptions& options) {
    const auto count = static_cast<int64_t>(options.blocks.size());
    if (options.levels < 1 || options.levels > 3) {
      fail("MODEL_OPTION", "network mst: option levels is ", options.levels, ", expected 1 to 3");
    }
    if (count != options.levels && count != options.levels + 1) {
      fail("MODEL_OPTION", "network mst: option blocks has ", count, " numbers, expected ",
           options.levels, " (one a level, the last also of the bottleneck) or ",
           options.levels + 1);
    }
    for (const int64_t number : options.blocks) {
      if (number < 1) {
        fail("MODEL_OPTION", "network mst: option blocks has a ", number,
             ", expected numbers of at least 1");
      }
    }
  }

  bool first_mask_;
  Conv embedding_1{nullptr};
  Conv embedding_2{nullptr};
  std::vector<Encoder> encoders_;
  AttentionBlocks bottleneck{nullptr};
  std::vector<Decoder> decoders_;
  Conv mapping{nullptr};
};

HYPERLIFT_MODEL(
    "mst", MST, MSTOptions,
    ModelFacts{
        .task = "spectral",
        .title = "MST",
        .year = 2022,
        .paper = "Cai, Lin, Hu, Wang, Yuan, Zhang, Timofte, Van Gool: Mask-guided Spectral-wise "
                 "Transformer for Efficient Hyperspectral Image Reconstruction, CVPR 2022",
        .reference = "SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/MST.py, MST",
        .size = {.multiple = 8},
        .presets = {
            {"published", {{"mask", std::string("first-sample")}}},
            {"toolbox", {{"levels", int64_t{2}}, {"blocks", std::vector<int64_t>{4, 7, 5}}}}}})

}  // namespace

}  // namespace hyperlift
