// SPECAT: attention in windows of pixels, then between bands, each block guided by a mask that is
// learned from the image.
//
// Paper: Yao, Liu, Yuan, Fang, "SPECAT: SPatial-spEctral Cumulative-Attention Transformer for
//   High-Resolution Hyperspectral Image Reconstruction", CVPR 2024 (for compressive imaging).
// Reference: SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/SPECAT.py, SPECAT, the
//   variant for RGB; the authors' own is THU-luvision/SPECAT@6654345, SPECAT.py.
// Input: [B, inBands, H, W] in [0, 1].
// Output: [B, outBands, H, W], not clamped.
// Deviations: each image has the mask of its own; the reference takes the first image's for the
//   whole batch (option `mask`). The band sort of the reference's tuple belongs to the paradigm,
//   not to the network; sizes that 16 does not divide, which fail in the reference, are padded; one
//   level. Option `shiftMask` is ours and off.
#include "models/registry.h"
#include "nn/band_sort.h"
#include "nn/conv.h"
#include "nn/depthwise_feed_forward.h"
#include "nn/layout.h"
#include "nn/module_list.h"
#include "nn/spectral_attention.h"

#include <cmath>

namespace hyperlift {

namespace {

using nn::Conv;
using torch::nn::Linear;
using torch::nn::ModuleList;

struct SPECATOptions {
  int64_t in_bands = 3;
  int64_t out_bands = 31;
  int64_t width = 36;
  int64_t levels = 1;
  std::vector<int64_t> blocks = {2, 1};
  std::string attention = "full";
  std::string mask = "own";
  bool shift_mask = false;

  template <class Visitor>
  void visit(Visitor&& option) {
    option(in_bands, {"inBands", "", "bands of the input"});
    option(out_bands, {"outBands", "", "bands of the output"});
    option(width, {"width", "dim", "width of the features and of a head, even"});
    option(levels, {"levels", "stage", "how often the size is halved: 1"});
    option(blocks,
           {"blocks", "num_blocks", "blocks of the encoder, then of bottleneck and decoder"});
    option(attention,
           {"attention",
            "attention_type",
            "full; unmasked: the mask does not scale the values; base: nor is there attention in "
            "windows",
            {"full", "unmasked", "base"}});
    option(mask, {"mask",
                  "",
                  "whose mask scales the values of an image: its own, or that of the first image "
                  "of the batch, as published",
                  {"own", "first-sample"}});
    option(shift_mask, {"shiftMask", "",
                        "shifted windows do not mix opposite borders of the image. Off, as "
                        "published, they do; weights trained one way do not work the other"});
  }
};

constexpr int64_t kWindow = 8;
constexpr int64_t kShift = kWindow / 2;
constexpr int64_t kWindowHeads = 2;
constexpr int64_t kPublishedSide = 128;  // of the images that the reference's `attn_mask` is for

Conv conv3(int64_t in, int64_t out) {
  return Conv(torch::nn::Conv2dOptions(in, out, 3).padding(1).bias(false));
}

// [H, W] in windows: [windows, 64]
at::Tensor in_windows(const at::Tensor& plane) {
  return plane.unflatten(1, {-1, kWindow})
      .unflatten(0, {-1, kWindow})
      .transpose(1, 2)
      .reshape({-1, kWindow * kWindow});
}

// What is added to the scores of shifted windows, [windows, 64, 64]: -100 for two pixels that only
// the shift has brought together.
at::Tensor masked_pairs(int64_t height, int64_t width, const at::TensorOptions& options) {
  const auto part = [&](int64_t side) {  // 0, then 1 from the last window on, 2 from the shift on
    const auto at = at::arange(side, options.dtype(at::kLong));
    return at.ge(side - kWindow).to(at::kLong) + at.ge(side - kShift).to(at::kLong);
  };
  const auto parts = in_windows(part(height).unsqueeze(1) * 3 + part(width));
  return parts.unsqueeze(1).ne(parts.unsqueeze(2)).to(at::kFloat) * -100.0;
}

double scale_of(int64_t head_width) { return 1.0 / std::sqrt(static_cast<double>(head_width)); }

// Attention within windows of 8 x 8 pixels.
class WindowAttentionImpl : public torch::nn::Module {
 public:
  explicit WindowAttentionImpl(int64_t width) : scale_(scale_of(width / kWindowHeads)) {
    constexpr int64_t distances = 2 * kWindow - 1;
    relative_position_bias_table = register_parameter(
        "relative_position_bias_table", torch::randn({distances * distances, kWindowHeads}) * 0.02);
    register_buffer("relative_position_index", positions());
    qkv = register_module("qkv", Linear(width, 3 * width));
    proj = register_module("proj", Linear(width, width));
  }

  // x: [B, H, W, C], H and W multiples of 8; pairs: nothing, or what is added to the scores of each
  // window, [windows, 64, 64]
  at::Tensor forward(const at::Tensor& x, const at::Tensor& pairs) {
    const int64_t rows = x.size(1) / kWindow;
    const int64_t columns = x.size(2) / kWindow;
    // [B, H, W, 3C] -> [3, B * windows, heads, 64, d]
    const auto split =
        qkv(x)
            .view({x.size(0), rows, kWindow, columns, kWindow, 3, kWindowHeads, -1})
            .permute({5, 0, 1, 3, 6, 2, 4, 7})
            .reshape({3, -1, kWindowHeads, kWindow * kWindow, x.size(3) / kWindowHeads});
    const auto seen = attend(split[0], split[1], split[2], score_bias(x.size(0), pairs));
    const auto image =  // [B * windows, heads, 64, d] -> [B, H, W, C]
        seen.view({x.size(0), rows, columns, kWindowHeads, kWindow, kWindow, -1})
            .permute({0, 1, 4, 2, 5, 3, 6})
            .reshape(x.sizes());
    return proj(image);
  }

 private:
  // The numbers of the table's rows, for each pair of pixels: in the checkpoint, never read.
  static at::Tensor positions() {
    const auto at = at::arange(kWindow);
    const auto apart = at.unsqueeze(1) - at + (kWindow - 1);  // [8, 8]
    const auto row = apart.view({kWindow, 1, kWindow, 1}) * (2 * kWindow - 1);
    return (row + apart.view({1, kWindow, 1, kWindow}))
        .reshape({kWindow * kWindow, kWindow * kWindow});
  }

  // The pixels (i, j) and (k, l) of a window take row (i - k + 7, j - l + 7) of the table: 8 x 8
  // cuttings of it, each turned around.
  at::Tensor score_bias(int64_t batch, const at::Tensor& pairs) const {
    constexpr int64_t distances = 2 * kWindow - 1;
    auto bias = relative_position_bias_table.t()
                    .view({kWindowHeads, distances, distances})
                    .unfold(1, kWindow, 1)
                    .unfold(2, kWindow, 1)
                    .flip({3, 4})  // [heads, i, j, k, l]
                    .reshape({1, kWindowHeads, kWindow * kWindow, kWindow * kWindow});
    if (!pairs.defined()) return bias;
    return (bias + pairs.unsqueeze(1)).repeat({batch, 1, 1, 1});
  }

  // [windows, heads, 64, d] each. A bias that is trained has no fused kernel.
  at::Tensor attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                    const at::Tensor& bias) const {
    if (!at::GradMode::is_enabled()) {
      return at::scaled_dot_product_attention(q, k, v, bias.to(q.scalar_type()), 0.0, false,
                                              scale_);
    }
    return at::softmax((q * scale_).matmul(k.mT()) + bias, -1).matmul(v);
  }

  double scale_;
  at::Tensor relative_position_bias_table;  // [15 * 15, heads]
  Linear qkv{nullptr};
  Linear proj{nullptr};
};
TORCH_MODULE(WindowAttention);

// One of the two window layers; the second shifts the image by half a window.
class WindowLayerImpl : public torch::nn::Module {
 public:
  WindowLayerImpl(int64_t width, bool shifted, bool masked) : shifted_(shifted), masked_(masked) {
    if (shifted) {  // in the checkpoint, for one size of image; never read
      register_buffer("attn_mask", masked_pairs(kPublishedSide, kPublishedSide, {}));
    }
    norm1 = register_module("norm1", torch::nn::LayerNorm(torch::nn::LayerNormOptions({width})));
    attn = register_module("attn", WindowAttention(width));
  }

  at::Tensor forward(const at::Tensor& x) {  // [B, H, W, C] -> x + the layer of x
    const auto z = norm1(x);
    if (!shifted_) return x + attn(z, at::Tensor());
    const auto pairs = masked_ ? masked_pairs(x.size(1), x.size(2), x.device()) : at::Tensor();
    return x + attn(z.roll({-kShift, -kShift}, {1, 2}), pairs).roll({kShift, kShift}, {1, 2});
  }

 private:
  bool shifted_;
  bool masked_;
  torch::nn::LayerNorm norm1{nullptr};
  WindowAttention attn{nullptr};
};
TORCH_MODULE(WindowLayer);

// HSA, hierarchical spatial attention.
class SpatialAttentionImpl : public torch::nn::Module {
 public:
  SpatialAttentionImpl(int64_t width, bool masked) {
    wa = register_module("wa", WindowLayer(width, /*shifted=*/false, masked));
    swa = register_module("swa", WindowLayer(width, /*shifted=*/true, masked));
    pn = register_module("pn", nn::NormedFeedForward(width));
  }
  at::Tensor forward(const at::Tensor& image) {  // [B, C, H, W], channels-last
    const auto x = swa(wa(image.permute({0, 2, 3, 1})));
    return pn(x.flatten(1, 2), x.size(1), x.size(2));
  }

 private:
  WindowLayer wa{nullptr};
  WindowLayer swa{nullptr};
  nn::NormedFeedForward pn{nullptr};
};
TORCH_MODULE(SpatialAttention);

// MA, mask attention: factors of the values, the mask times 1 + a gate.
class MaskGuidanceImpl : public torch::nn::Module {
 public:
  explicit MaskGuidanceImpl(int64_t width) {
    depth_conv = register_module(
        "depth_conv", Conv(torch::nn::Conv2dOptions(width, width, 5).padding(2).groups(width)));
  }
  at::Tensor forward(const at::Tensor& mask) {  // [B, C, H, W]
    return at::addcmul(mask, mask, depth_conv(mask, Activation::sigmoid()));
  }

 private:
  Conv depth_conv{nullptr};
};
TORCH_MODULE(MaskGuidance);

// SSM: what the windows have seen, times the mask, goes through attention between bands.
class CumulativeAttentionImpl : public nn::SpectralAttentionImpl {
 public:
  CumulativeAttentionImpl(const SPECATOptions& options, int64_t width)
      : nn::SpectralAttentionImpl({.channels = width,
                                   .heads = width / options.width,
                                   .head_width = options.width,
                                   .positions = true}),
        spatial_(options.attention != "base"),
        gated_(options.attention == "full"),
        first_mask_(options.mask == "first-sample") {
    ma = register_module("ma", MaskGuidance(width));
    sa = register_module("sa", SpatialAttention(width, options.shift_mask));
    sa_conv = register_module("sa_conv", nn::depthwise_conv(width, 5));
  }

  // image, mask: [B, C, H, W], channels-last -> image + the attention of it, [B, H*W, C]
  at::Tensor forward(const at::Tensor& image, const at::Tensor& mask) {
    const auto x = spatial_ ? sa(image) * sa_conv->plus(mask, mask) : image;
    at::Tensor gate;
    if (gated_) gate = nn::to_rows(ma(first_mask_ ? mask.slice(0, 0, 1) : mask));
    return nn::SpectralAttentionImpl::forward(nn::to_rows(x), x.size(2), x.size(3),
                                              nn::to_rows(image), gate);
  }

 private:
  bool spatial_;
  bool gated_;
  bool first_mask_;
  MaskGuidance ma{nullptr};
  SpatialAttention sa{nullptr};
  Conv sa_conv{nullptr};
};
TORCH_MODULE(CumulativeAttention);

// CAB of the reference: attention, then feed-forward, each with its skip.
class BlocksImpl : public torch::nn::Module {
 public:
  BlocksImpl(const SPECATOptions& options, int64_t width, int64_t count) {
    auto blocks = register_module("blocks", ModuleList());
    for (int64_t i = 0; i < count; ++i) {
      attentions_.emplace_back(options, width);
      feed_forwards_.emplace_back(width);
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
  std::vector<CumulativeAttention> attentions_;
  std::vector<nn::NormedFeedForward> feed_forwards_;
};
TORCH_MODULE(Blocks);

class SPECAT : public Network {
 public:
  explicit SPECAT(const SPECATOptions& options) {
    check(options);
    const int64_t width = options.width;
    const int64_t inner = options.blocks.back();
    embedding = register_module("embedding", conv3(options.in_bands, width));
    embedding2 = register_module("embedding2", conv3(options.in_bands, width));
    encoder_ = Blocks(options, width, options.blocks.front());
    halve_features_ = nn::halving_conv(width, 2 * width);
    halve_mask_ = nn::halving_conv(width, 2 * width);
    register_module("encoder_layers",
                    nn::module_list(nn::module_list(encoder_, halve_features_, halve_mask_)));
    bottleneck = register_module("bottleneck", Blocks(options, 2 * width, inner));
    double_size_ = torch::nn::ConvTranspose2d(
        torch::nn::ConvTranspose2dOptions(2 * width, width, 2).stride(2));
    fuse_ = nn::pointwise_conv(2 * width, width);
    decoder_ = Blocks(options, width, inner);
    register_module("decoder_layers",
                    nn::module_list(nn::module_list(double_size_, fuse_, decoder_)));
    mapping = register_module("mapping", conv3(width, options.out_bands));
    register_module("sort", nn::BandSort());
  }

  at::Tensor forward(const at::Tensor& input) override {  // H and W multiples of 16
    const auto x = input.contiguous(at::MemoryFormat::ChannelsLast);
    const auto leaky = Activation::leaky_relu(0.1);
    const auto mask = embedding2(x, leaky);
    const auto full = encoder_(embedding(x, leaky), mask);
    const auto half = bottleneck(halve_features_(full), halve_mask_(mask));
    return mapping(decoder_(fuse_(at::cat({double_size_(half), full}, 1)), mask));
  }

 private:
  static void check(const SPECATOptions& options) {
    const auto refuse = [](const char* name, int64_t value, const char* expected) {
      fail("MODEL_OPTION", "network specat: option ", name, " is ", value, ", expected ", expected);
    };
    if (options.levels != 1) refuse("levels", options.levels, "1");
    if (options.width < 2 || options.width % 2 != 0) {
      refuse("width", options.width, "a positive even number");
    }
    if (options.blocks.size() != 2) {
      fail("MODEL_OPTION", "network specat: option blocks has ", options.blocks.size(),
           " numbers, expected 2 (of the encoder, of bottleneck and decoder)");
    }
    for (const int64_t count : options.blocks) {
      if (count < 1) refuse("blocks", count, "numbers of at least 1");
    }
  }

  Conv embedding{nullptr};
  Conv embedding2{nullptr};
  Blocks encoder_{nullptr};
  Conv halve_features_{nullptr};
  Conv halve_mask_{nullptr};
  Blocks bottleneck{nullptr};
  torch::nn::ConvTranspose2d double_size_{nullptr};
  Conv fuse_{nullptr};
  Blocks decoder_{nullptr};
  Conv mapping{nullptr};
};

HYPERLIFT_MODEL("specat", SPECAT, SPECATOptions,
                ModelFacts{
                    .task = "spectral",
                    .title = "SPECAT",
                    .year = 2024,
                    .paper = "Yao, Liu, Yuan, Fang: SPECAT: SPatial-spEctral Cumulative-Attention "
                             "Transformer for High-Resolution Hyperspectral Image Reconstruction, "
                             "CVPR 2024",
                    .reference = "SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, "
                                 "architecture_spe/SPECAT.py, SPECAT",
                    .size = {.multiple = 2 * kWindow},
                    .unused = {"sort.conv.weight"},
                    .presets = {{"published", {{"mask", std::string("first-sample")}}}}})

}  // namespace

}  // namespace hyperlift
