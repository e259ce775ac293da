// Restormer: a U-shape of four levels, attention between channels (MDTA) and gated feed-forward
// (GDFN) in each.
//
// Paper: Zamir, Arora, Khan, Hayat, Khan, Yang, "Restormer: Efficient Transformer for
// High-Resolution Image Restoration", CVPR 2022, arXiv 2111.09881.
// Reference: SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/Restormer.py,
// Restormer; for spectral reconstruction first in caiyuanhao1998/MST-plus-plus@18e2032.
// Input: [B, inBands, H, W] in [0, 1].
// Output: [B, outBands, H, W], not clamped.
// Deviations: the band sort of the reference's tuple belongs to the paradigm, not to the network.
// Without the skip of features (option `featureSkip`) the reference adds the image to the cube and
// fails where they have other numbers of bands; here that is refused when the network is made.
#include "models/registry.h"
#include "nn/band_sort.h"
#include "nn/channel_attention.h"
#include "nn/channel_norm.h"
#include "nn/conv.h"
#include "nn/gated_feed_forward.h"

namespace hyperlift {

namespace {

using nn::Conv;
using torch::nn::ModuleList;

constexpr size_t kLevels = 4;

struct RestormerOptions {
  int64_t in_bands = 3;
  int64_t out_bands = 31;
  int64_t width = 48;
  std::vector<int64_t> blocks = {2, 3, 3, 4};
  int64_t refinement_blocks = 3;
  std::vector<int64_t> heads = {1, 2, 4, 8};
  double expansion = 2.66;
  bool bias = false;
  std::string norm = "WithBias";
  bool feature_skip = true;

  template <class Visitor>
  void visit(Visitor&& option) {
    option(in_bands, {"inBands", "inp_channels", "bands of the input"});
    option(out_bands, {"outBands", "out_channels", "bands of the output"});
    option(width, {"width", "dim", "width of the features at full size; it doubles at each level"});
    option(blocks, {"blocks", "num_blocks", "blocks of the four levels from full size down"});
    option(refinement_blocks, {"refinementBlocks", "num_refinement_blocks",
                               "blocks behind the last level, at full size"});
    option(heads, {"heads", "heads", "heads of attention of the four levels"});
    option(expansion, {"expansion", "ffn_expansion_factor",
                       "hidden width of the feed-forward layers over their width, rounded down"});
    option(bias, {"bias", "bias", "biases in the convolutions of the blocks and of the output"});
    option(norm, {"norm",
                  "LayerNorm_type",
                  "layer norm with a bias, or scaled alone without taking off the mean",
                  {"WithBias", "BiasFree"}});
    option(feature_skip,
           {"featureSkip", "dual_pixel_task",
            "add the first features to the last; off, the image itself is added to the cube, which "
            "must have as many bands"});
  }
};

Conv conv3(int64_t in, int64_t out, bool bias = false) {
  return Conv(torch::nn::Conv2dOptions(in, out, 3).padding(1).bias(bias));
}

// x / sqrt(variance + eps) * weight over the channels: nothing is taken off. Key weight.
class ScaleNormImpl : public torch::nn::Module {
 public:
  explicit ScaleNormImpl(int64_t channels) {
    weight = register_parameter("weight", torch::ones({channels}));
  }
  at::Tensor forward(const at::Tensor& x) {  // [B, C, H, W]
    const auto variance = x.var(at::IntArrayRef{1}, /*unbiased=*/false, /*keepdim=*/true);
    return x * (variance + 1e-5).rsqrt() * weight.view({-1, 1, 1});
  }

 private:
  at::Tensor weight;
};
TORCH_MODULE(ScaleNorm);

// The reference wraps the norm once more; the key is `body`.
class NormImpl : public torch::nn::Module {
 public:
  NormImpl(int64_t channels, bool with_bias) {
    if (with_bias) {
      full_ = register_module("body", nn::ChannelNorm(channels));
    } else {
      scale_ = register_module("body", ScaleNorm(channels));
    }
  }
  at::Tensor forward(const at::Tensor& x) { return full_ ? full_(x) : scale_(x); }

 private:
  nn::ChannelNorm full_{nullptr};
  ScaleNorm scale_{nullptr};
};
TORCH_MODULE(Norm);

class TransformerBlockImpl : public torch::nn::Module {
 public:
  TransformerBlockImpl(int64_t channels, int64_t heads, const RestormerOptions& options) {
    const bool with_bias = options.norm == "WithBias";
    const auto hidden = static_cast<int64_t>(static_cast<double>(channels) * options.expansion);
    norm1 = register_module("norm1", Norm(channels, with_bias));
    attn = register_module("attn", nn::ChannelAttention(channels, heads, options.bias));
    norm2 = register_module("norm2", Norm(channels, with_bias));
    ffn = register_module("ffn", nn::GatedFeedForward(channels, hidden, options.bias));
  }

  at::Tensor forward(const at::Tensor& x) {  // [B, C, H, W], channels-last
    const auto seen = attn(norm1(x), x);
    return ffn(norm2(seen), seen);
  }

 private:
  Norm norm1{nullptr};
  nn::ChannelAttention attn{nullptr};
  Norm norm2{nullptr};
  nn::GatedFeedForward ffn{nullptr};
};
TORCH_MODULE(TransformerBlock);

class LevelImpl : public torch::nn::ModuleListImpl {
 public:
  LevelImpl(int64_t channels, int64_t heads, int64_t count, const RestormerOptions& options) {
    for (int64_t i = 0; i < count; ++i) {
      blocks_.emplace_back(channels, heads, options);
      push_back(blocks_.back());
    }
  }
  at::Tensor forward(at::Tensor x) {
    for (auto& block : blocks_) x = block(x);
    return x;
  }

 private:
  std::vector<TransformerBlock> blocks_;
};
TORCH_MODULE(Level);

// A 3 x 3 convolution, then four pixels become four channels (down) or the other way round (up).
class ResizeImpl : public torch::nn::Module {
 public:
  enum class Direction { down, up };

  ResizeImpl(int64_t channels, Direction direction)
      : direction_(direction),
        conv_(conv3(channels, direction == Direction::down ? channels / 2 : 2 * channels)) {
    ModuleList body;
    body->push_back(conv_);
    register_module("body", body);
  }
  at::Tensor forward(const at::Tensor& x) {
    const auto y = conv_(x);
    return direction_ == Direction::down ? at::pixel_unshuffle(y, 2) : at::pixel_shuffle(y, 2);
  }

 private:
  Direction direction_;
  Conv conv_;
};
TORCH_MODULE(Resize);

void check(const RestormerOptions& options) {
  const auto expect = [](bool holds, const char* name, const char* expected) {
    if (!holds) fail("MODEL_OPTION", "network restormer: option ", name, " is not ", expected);
  };
  expect(options.width >= 2 && options.width % 2 == 0, "width", "a positive even number");
  expect(options.expansion > 0, "expansion", "positive");
  expect(options.refinement_blocks >= 0, "refinementBlocks", "0 or more");
  expect(options.blocks.size() == kLevels, "blocks", "four numbers, one a level");
  expect(options.heads.size() == kLevels, "heads", "four numbers, one a level");
  for (size_t level = 0; level < kLevels; ++level) {
    expect(options.blocks[level] >= 0, "blocks", "four numbers of 0 or more");
    const int64_t heads = options.heads[level];
    expect(heads >= 1 && (options.width << level) % heads == 0, "heads",
           "four numbers that divide the widths of their levels");
  }
  if (!options.feature_skip && options.in_bands != options.out_bands) {
    fail("MODEL_OPTION", "network restormer: option featureSkip is false with ", options.in_bands,
         " and ", options.out_bands,
         " bands, expected as many bands of the output as of the input");
  }
}

class Restormer : public Network {
 public:
  explicit Restormer(const RestormerOptions& options) : feature_skip_(options.feature_skip) {
    check(options);
    const auto level = [&](const char* name, size_t at, int64_t width) {
      return register_module(name, Level(width, options.heads[at], options.blocks[at], options));
    };
    const auto resize = [&](const char* name, int64_t width, ResizeImpl::Direction direction) {
      return register_module(name, Resize(width, direction));
    };
    const auto pointwise = [&](const char* name, int64_t in, int64_t out) {
      return register_module(name, Conv(torch::nn::Conv2dOptions(in, out, 1).bias(options.bias)));
    };
    using enum ResizeImpl::Direction;
    const int64_t c = options.width;
    auto embed = register_module("patch_embed", std::make_shared<torch::nn::Module>());
    patch_embed = embed->register_module("proj", conv3(options.in_bands, c));
    encoder_level1 = level("encoder_level1", 0, c);
    down1_2 = resize("down1_2", c, down);
    encoder_level2 = level("encoder_level2", 1, 2 * c);
    down2_3 = resize("down2_3", 2 * c, down);
    encoder_level3 = level("encoder_level3", 2, 4 * c);
    down3_4 = resize("down3_4", 4 * c, down);
    latent = level("latent", 3, 8 * c);
    up4_3 = resize("up4_3", 8 * c, up);
    reduce_chan_level3 = pointwise("reduce_chan_level3", 8 * c, 4 * c);
    decoder_level3 = level("decoder_level3", 2, 4 * c);
    up3_2 = resize("up3_2", 4 * c, up);
    reduce_chan_level2 = pointwise("reduce_chan_level2", 4 * c, 2 * c);
    decoder_level2 = level("decoder_level2", 1, 2 * c);
    up2_1 = resize("up2_1", 2 * c, up);
    decoder_level1 = level("decoder_level1", 0, 2 * c);  // twice as wide as its encoder
    refinement = register_module(
        "refinement", Level(2 * c, options.heads[0], options.refinement_blocks, options));
    if (feature_skip_) skip_conv = pointwise("skip_conv", c, 2 * c);
    output = register_module("output", conv3(2 * c, options.out_bands, options.bias));
    register_module("sort", nn::BandSort());
  }

  at::Tensor forward(const at::Tensor& input) override {  // H and W multiples of 8
    const auto x = input.contiguous(at::MemoryFormat::ChannelsLast);
    const auto features = patch_embed(x);
    const auto full = encoder_level1(features);
    const auto half = encoder_level2(down1_2(full));
    const auto quarter = encoder_level3(down2_3(half));
    const auto eighth = latent(down3_4(quarter));
    auto y = decoder_level3(reduce_chan_level3(at::cat({up4_3(eighth), quarter}, 1)));
    y = decoder_level2(reduce_chan_level2(at::cat({up3_2(y), half}, 1)));
    y = refinement(decoder_level1(at::cat({up2_1(y), full}, 1)));
    return feature_skip_ ? output(skip_conv->plus(features, y)) : output->plus(y, x);
  }

 private:
  bool feature_skip_;
  Conv patch_embed{nullptr};
  Level encoder_level1{nullptr};
  Resize down1_2{nullptr};
  Level encoder_level2{nullptr};
  Resize down2_3{nullptr};
  Level encoder_level3{nullptr};
  Resize down3_4{nullptr};
  Level latent{nullptr};
  Resize up4_3{nullptr};
  Conv reduce_chan_level3{nullptr};
  Level decoder_level3{nullptr};
  Resize up3_2{nullptr};
  Conv reduce_chan_level2{nullptr};
  Level decoder_level2{nullptr};
  Resize up2_1{nullptr};
  Level decoder_level1{nullptr};
  Level refinement{nullptr};
  Conv skip_conv{nullptr};
  Conv output{nullptr};
};

HYPERLIFT_MODEL(
    "restormer", Restormer, RestormerOptions,
    ModelFacts{
        .task = "spectral",
        .title = "Restormer",
        .year = 2022,
        .paper = "Zamir, Arora, Khan, Hayat, Khan, Yang: Restormer: Efficient Transformer for "
                 "High-Resolution Image Restoration, CVPR 2022",
        .reference = "SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, "
                     "architecture_spe/Restormer.py, Restormer",
        .size = {.multiple = 8},
        .unused = {"sort.conv.weight"}})

}  // namespace

}  // namespace hyperlift
