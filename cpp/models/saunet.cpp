// SAUNet for RGB: a chain of CMFormers, U-shapes of blocks that modulate features by a large
// depthwise convolution instead of attention.
//
// Paper: Wang, Wang, Liu, Zheng, Wang, "A Simple Adaptive Unfolding Network for Hyperspectral Image
//   Reconstruction", arXiv 2301.10208 (for compressive imaging).
// Reference: SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/SAUNet.py, SAUNet2, the
//   variant for RGB; the authors' own is hustvl/SAUNet@90db3b9, model/SAUNet.py.
// Input: [B, inBands, H, W] in [0, 1].
// Output: [B, outBands, H, W], not clamped.
// Deviations: the band sort of the reference's tuple belongs to the paradigm, not to the network;
//   no drop path (off in the reference, too); sides below 9, which fail in the reference, are
//   padded.
#include "models/registry.h"
#include "nn/band_sort.h"
#include "nn/channel_norm.h"
#include "nn/conv.h"
#include "nn/module_list.h"

namespace hyperlift {

namespace {

using nn::Conv;
using torch::nn::ModuleList;

struct SAUNetOptions {
  int64_t in_bands = 3;
  int64_t out_bands = 31;
  int64_t denoisers = 5;
  std::vector<int64_t> blocks = {1, 1, 3};
  int64_t kernel = 7;
  int64_t mix_kernel = 3;
  int64_t widening = 4;

  template <class Visitor>
  void visit(Visitor&& option) {
    option(in_bands, {"inBands", "in_dim", "bands of the input"});
    option(out_bands, {"outBands", "dim", "bands of the output, and width of the features"});
    option(denoisers, {"denoisers", "num_iterations", "number of CMFormers"});
    option(blocks, {"blocks", "num_blocks",
                    "blocks of each level from full size down, the last of the bottleneck"});
    option(kernel, {"kernel", "cmb_kernel",
                    "side of the modulation's kernel, odd, on the way down (7 on the way up)"});
    option(mix_kernel,
           {"mixKernel", "dw_kernel",
            "side of the feed-forward's kernel, odd, on the way down (3 on the way up)"});
    option(widening, {"widening", "ffn_ratio", "width of the feed-forward in widths of the block"});
  }
};

// Kernels and widening of a block; the way up has the defaults, as published.
struct BlockShape {
  int64_t kernel = 7;
  int64_t mix_kernel = 3;
  int64_t widening = 4;
};

constexpr double kNormEps = 1e-6;

Conv conv1(int64_t in, int64_t out) { return Conv(torch::nn::Conv2dOptions(in, out, 1)); }

Conv conv3(int64_t in, int64_t out) {
  return Conv(torch::nn::Conv2dOptions(in, out, 3).padding(1).bias(false));
}

// Convolutional modulation: values of a pixel times what a large depthwise kernel sees around it.
class ModulationImpl : public torch::nn::Module {
 public:
  ModulationImpl(int64_t width, int64_t kernel)
      : in_(conv1(width, width)),
        around_(torch::nn::Conv2dOptions(width, width, kernel).padding(kernel / 2).groups(width)) {
    norm = register_module("norm", nn::ChannelNorm(width, kNormEps));
    register_module("a", nn::module_list(in_, torch::nn::GELU(), around_));
    v = register_module("v", conv1(width, width));
    proj = register_module("proj", conv1(width, width));
  }

  at::Tensor forward(const at::Tensor& x) {  // [B, C, H, W]
    const auto z = norm(x);
    return proj->plus(around_(in_(z, Activation::gelu())) * v(z), x);
  }

 private:
  nn::ChannelNorm norm{nullptr};
  Conv in_;
  Conv around_;
  Conv v{nullptr};
  Conv proj{nullptr};
};
TORCH_MODULE(Modulation);

// 1 x 1, GELU, depthwise, GELU, 1 x 1.
class FeedForwardImpl : public torch::nn::Module {
 public:
  FeedForwardImpl(int64_t width, int64_t kernel, int64_t widening)
      : widen_(nn::pointwise_conv(width, widening * width)),
        mix_(nn::depthwise_conv(widening * width, kernel)) {
    register_module("fc", nn::module_list(widen_, torch::nn::GELU()));
    register_module("dwconv", nn::module_list(mix_, torch::nn::GELU()));
    ffn = register_module("ffn", conv1(widening * width, width));
  }

  // x, skip: [B, C, H, W] -> skip + the layers of x
  at::Tensor forward(const at::Tensor& x, const at::Tensor& skip) {
    return ffn->plus(mix_(widen_(x, Activation::gelu()), Activation::gelu()), skip);
  }

 private:
  Conv widen_;
  Conv mix_;
  Conv ffn{nullptr};
};
TORCH_MODULE(FeedForward);

class NormedFeedForwardImpl : public torch::nn::Module {
 public:
  NormedFeedForwardImpl(int64_t width, const BlockShape& shape) {
    fn = register_module("fn", FeedForward(width, shape.mix_kernel, shape.widening));
    norm = register_module("norm", nn::ChannelNorm(width, kNormEps));
  }
  at::Tensor forward(const at::Tensor& x) { return fn(norm(x), x); }

 private:
  FeedForward fn{nullptr};
  nn::ChannelNorm norm{nullptr};
};
TORCH_MODULE(NormedFeedForward);

class BlockImpl : public torch::nn::Module {
 public:
  BlockImpl(int64_t width, const BlockShape& shape) {
    attn = register_module("attn", Modulation(width, shape.kernel));
    dwffn = register_module("dwffn", NormedFeedForward(width, shape));
  }
  at::Tensor forward(const at::Tensor& x) { return dwffn(attn(x)); }

 private:
  Modulation attn{nullptr};
  NormedFeedForward dwffn{nullptr};
};
TORCH_MODULE(Block);

// CABs of the reference: some blocks of one width.
class BlocksImpl : public torch::nn::Module {
 public:
  BlocksImpl(int64_t width, int64_t count, const BlockShape& shape) {
    auto list = register_module("blocks", ModuleList());
    for (int64_t i = 0; i < count; ++i) {
      blocks_.emplace_back(width, shape);
      list->push_back(blocks_.back());
    }
  }
  at::Tensor forward(at::Tensor x) {
    for (auto& block : blocks_) x = block(x);
    return x;
  }

 private:
  std::vector<Block> blocks_;
};
TORCH_MODULE(Blocks);

struct Encoder {
  Blocks blocks;
  Conv halve;

  Encoder(int64_t width, int64_t count, const BlockShape& shape)
      : blocks(width, count, shape), halve(nn::halving_conv(width, 2 * width)) {}
};

struct Decoder {
  torch::nn::ConvTranspose2d double_size;
  Conv fuse;
  Blocks blocks;

  Decoder(int64_t width, int64_t count, const BlockShape& shape)
      : double_size(torch::nn::ConvTranspose2dOptions(2 * width, width, 2).stride(2)),
        fuse(nn::pointwise_conv(2 * width, width)),
        blocks(width, count, shape) {}
};

// One denoiser: a U-shape without a skip around it.
class CMFormerImpl : public torch::nn::Module {
 public:
  explicit CMFormerImpl(const SAUNetOptions& options)
      : embedding_(conv3(options.out_bands, options.out_bands)),
        mapping_(conv3(options.out_bands, options.out_bands)) {
    const BlockShape down = {options.kernel, options.mix_kernel, options.widening};
    const BlockShape up = {.widening = options.widening};
    const auto levels = static_cast<int64_t>(options.blocks.size()) - 1;
    const auto width = [&](int64_t level) { return options.out_bands << level; };
    register_module("embedding", nn::module_list(embedding_));
    auto encoder_layers = register_module("encoder_layers", ModuleList());
    for (int64_t level = 0; level < levels; ++level) {
      encoders_.emplace_back(width(level), options.blocks[level], down);
      encoder_layers->push_back(nn::module_list(encoders_.back().blocks, encoders_.back().halve));
    }
    bottleneck = register_module("bottleneck", Blocks(width(levels), options.blocks.back(), down));
    auto decoder_layers = register_module("decoder_layers", ModuleList());
    for (int64_t level = levels - 1; level >= 0; --level) {
      decoders_.emplace_back(width(level), options.blocks[level], up);
      const auto& decoder = decoders_.back();
      decoder_layers->push_back(nn::module_list(decoder.double_size, decoder.fuse, decoder.blocks));
    }
    register_module("mapping", nn::module_list(mapping_));
  }

  at::Tensor forward(const at::Tensor& x) {  // [B, C, H, W], each side halves evenly at every level
    auto out = embedding_(x);
    std::vector<at::Tensor> skips;
    for (auto& encoder : encoders_) {
      skips.push_back(encoder.blocks(out));
      out = encoder.halve(skips.back());
    }
    out = bottleneck(out);
    for (auto& decoder : decoders_) {
      out = decoder.blocks(decoder.fuse(at::cat({decoder.double_size(out), skips.back()}, 1)));
      skips.pop_back();
    }
    return mapping_(out);
  }

 private:
  Conv embedding_;
  std::vector<Encoder> encoders_;
  Blocks bottleneck{nullptr};
  std::vector<Decoder> decoders_;
  Conv mapping_;
};
TORCH_MODULE(CMFormer);

class SAUNet : public Network {
 public:
  explicit SAUNet(const SAUNetOptions& options) {
    check(options);
    auto denoisers = register_module("denoisers", ModuleList());
    for (int64_t i = 0; i < options.denoisers; ++i) {
      denoisers_.emplace_back(options);
      denoisers->push_back(denoisers_.back());
    }
    inc = register_module("inc", conv1(options.in_bands, options.out_bands));
    register_module("sort", nn::BandSort());
  }

  // Each denoiser pads for itself and crops, as published: padding the image once gives other
  // numbers near the right and lower borders.
  at::Tensor forward(const at::Tensor& x) override {
    const int64_t height = x.size(2);
    const int64_t width = x.size(3);
    const int64_t down = (kMultiple - height % kMultiple) % kMultiple;
    const int64_t right = (kMultiple - width % kMultiple) % kMultiple;
    auto out = inc(x.contiguous(at::MemoryFormat::ChannelsLast));
    for (auto& denoiser : denoisers_) {
      if (down + right > 0) out = at::reflection_pad2d(out, {0, right, 0, down});
      out = denoiser(out).slice(2, 0, height).slice(3, 0, width);
    }
    return out;
  }

 private:
  static constexpr int64_t kMultiple = 16;

  static void check(const SAUNetOptions& options) {
    const auto refuse = [](const char* name, int64_t value, const char* expected) {
      fail("MODEL_OPTION", "network saunet: option ", name, " is ", value, ", expected ", expected);
    };
    const auto levels = static_cast<int64_t>(options.blocks.size());
    if (levels < 1 || levels > 5) {
      fail("MODEL_OPTION", "network saunet: option blocks has ", levels,
           " numbers, expected 1 to 5 (16 is halved four times)");
    }
    for (const int64_t count : options.blocks) {
      if (count < 1) refuse("blocks", count, "numbers of at least 1");
    }
    if (options.denoisers < 1) refuse("denoisers", options.denoisers, "at least 1");
    if (options.kernel % 2 != 1) refuse("kernel", options.kernel, "an odd number");
    if (options.mix_kernel % 2 != 1) refuse("mixKernel", options.mix_kernel, "an odd number");
    if (options.widening < 1) refuse("widening", options.widening, "at least 1");
  }

  std::vector<CMFormer> denoisers_;
  Conv inc{nullptr};
};

HYPERLIFT_MODEL("saunet", SAUNet, SAUNetOptions,
                ModelFacts{.task = "spectral",
                           .title = "SAUNet",
                           .year = 2023,
                           .paper = "Wang, Wang, Liu, Zheng, Wang: A Simple Adaptive Unfolding "
                                    "Network for Hyperspectral Image Reconstruction, arXiv 2023",
                           .reference = "SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, "
                                        "architecture_spe/SAUNet.py, SAUNet2",
                           .size = {.minimum = 9},
                           .unused = {"sort.conv.weight"}})

}  // namespace

}  // namespace hyperlift
