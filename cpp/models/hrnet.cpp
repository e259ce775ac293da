// HRNet (SGN in the code): four levels of resolution, from an eighth up to the full size; each is
// joined by what the level below it made.
//
// Paper: Zhao, Po, Yan, Liu, Lin, "Hierarchical Regression Network for Spectral Reconstruction
//   from RGB Images", CVPRW (NTIRE) 2020, arXiv 2005.04703.
// Reference: SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/hrnet.py, SGN.
// Input: [B, inBands, H, W] in [0, 1].
// Output: [B, outBands, H, W], not clamped; negative values are scaled by 0.2, as in every layer.
// Deviations: the band sort of the reference's tuple belongs to the paradigm, not to the network.
//   Option `gated` is ours and off.
#include "models/registry.h"
#include "nn/band_sort.h"
#include "nn/conv.h"
#include "nn/squeeze_excite.h"

namespace hyperlift {

namespace {

using nn::Conv;

struct HRNetOptions {
  int64_t in_bands = 3;
  int64_t out_bands = 31;
  int64_t width = 64;
  bool gated = false;

  template <class Visitor>
  void visit(Visitor&& option) {
    option(in_bands, {"inBands", "in_channels", "bands of the input"});
    option(out_bands, {"outBands", "out_channels", "bands of the output"});
    option(width,
           {"width", "start_channels",
            "width of the features at full size, a multiple of 4; it doubles at each level below"});
    option(
        gated,
        {"gated", "",
         "the global blocks apply their squeeze and excitation. Off, as published, it is computed "
         "nowhere; weights trained one way do not work the other"});
  }
};

// Conv2dLayer of the reference: zero padding, bias, LeakyReLU; the key is `conv2d`.
class LeakyConvImpl : public torch::nn::Module {
 public:
  LeakyConvImpl(int64_t in, int64_t out, int64_t kernel = 3) {
    conv2d = register_module("conv2d",
                             Conv(torch::nn::Conv2dOptions(in, out, kernel).padding(kernel / 2)));
  }
  at::Tensor forward(const at::Tensor& x) { return conv2d(x, Activation::leaky_relu(0.2)); }

 private:
  Conv conv2d{nullptr};
};
TORCH_MODULE(LeakyConv);

// RDB: five convolutions, each of which sees all that came before it.
class ResidualDenseBlockImpl : public torch::nn::Module {
 public:
  ResidualDenseBlockImpl(int64_t channels, int64_t growth) {
    for (int64_t i = 0; i < 5; ++i) {
      convs_.emplace_back(channels + i * growth, i < 4 ? growth : channels);
      register_module("conv" + std::to_string(i + 1), convs_.back());
    }
  }
  at::Tensor forward(const at::Tensor& x) {
    std::vector<at::Tensor> seen = {x};
    auto newest = convs_[0](x);
    for (size_t i = 1; i < convs_.size(); ++i) {
      seen.push_back(newest);
      newest = convs_[i](at::cat(seen, 1));
    }
    return at::add(x, newest, 0.1);
  }

 private:
  std::vector<LeakyConv> convs_;
};
TORCH_MODULE(ResidualDenseBlock);

// Two convolutions. The paper puts a squeeze and excitation between them; the published code
// computes it and then goes on with what it had before.
class GlobalBlockImpl : public torch::nn::Module {
 public:
  GlobalBlockImpl(int64_t channels, bool gated) : gated_(gated), squeeze_excite_(channels, 4) {
    conv1 = register_module("conv1", LeakyConv(channels, channels));
    conv2 = register_module("conv2", LeakyConv(channels, channels));
    register_module("fc", squeeze_excite_->named_children()["fc"]);
  }
  at::Tensor forward(const at::Tensor& x) {
    auto inner = conv1(x);
    if (gated_) inner = squeeze_excite_(inner);
    return at::add(x, conv2(inner), 0.1);
  }

 private:
  bool gated_;
  nn::SqueezeExcite squeeze_excite_;
  LeakyConv conv1{nullptr};
  LeakyConv conv2{nullptr};
};
TORCH_MODULE(GlobalBlock);

// Channels a level, S the width: 8 S at an eighth of the size (top), 4 S (mid), 2 S (bot), S at the
// full size (main).
class HRNet : public Network {
 public:
  explicit HRNet(const HRNetOptions& options) {
    const int64_t in = options.in_bands;
    const int64_t s = options.width;
    if (s < 4 || s % 4 != 0) {
      fail("MODEL_OPTION", "network hrnet: option width is ", s,
           ", expected a positive multiple of 4");
    }
    const auto conv = [this](const char* name, int64_t from, int64_t to, int64_t kernel = 3) {
      return register_module(name, LeakyConv(from, to, kernel));
    };
    const auto dense = [this](const char* name, int64_t channels) {
      return register_module(name, ResidualDenseBlock(channels, channels / 2));
    };
    const auto global = [&](const char* name, int64_t channels) {
      return register_module(name, GlobalBlock(channels, options.gated));
    };
    top1 = conv("top1", in * 64, 8 * s);
    top21 = dense("top21", 8 * s);
    top22 = global("top22", 8 * s);
    top3 = conv("top3", 8 * s, 8 * s, 1);
    mid1 = conv("mid1", in * 16, 4 * s);
    mid2 = conv("mid2", 4 * s + 2 * s, 4 * s);
    mid31 = dense("mid31", 4 * s);
    mid32 = global("mid32", 4 * s);
    mid4 = conv("mid4", 4 * s, 4 * s);
    bot1 = conv("bot1", in * 4, 2 * s);
    bot2 = conv("bot2", 2 * s + s, 2 * s);
    bot31 = dense("bot31", 2 * s);
    bot32 = dense("bot32", 2 * s);
    bot33 = global("bot33", 2 * s);
    bot4 = conv("bot4", 2 * s, 2 * s);
    main1 = conv("main1", in, s);
    main2 = conv("main2", s + s / 2, s);
    main31 = dense("main31", s);
    main32 = dense("main32", s);
    main33 = dense("main33", s);
    main34 = dense("main34", s);
    main35 = global("main35", s);
    main4 = conv("main4", s, options.out_bands);
    register_module("sort", nn::BandSort());
  }

  at::Tensor forward(const at::Tensor& x) override {                   // H and W multiples of 8
    const auto coarse = [](const at::Tensor& image, int64_t factor) {  // PixelUnShuffle
      return at::pixel_unshuffle(image.contiguous(), factor)
          .contiguous(at::MemoryFormat::ChannelsLast);
    };
    const auto joined = [](const at::Tensor& own, const at::Tensor& below) {
      return at::cat({own, at::pixel_shuffle(below, 2)}, 1);
    };
    const auto top = top3(top22(top21(top1(coarse(x, 8)))));
    const auto mid = mid4(mid32(mid31(mid2(joined(mid1(coarse(x, 4)), top)))));
    const auto bot = bot4(bot33(bot32(bot31(bot2(joined(bot1(coarse(x, 2)), mid))))));
    const auto own = main1(x.contiguous(at::MemoryFormat::ChannelsLast));
    const auto main = main34(main33(main32(main31(main2(joined(own, bot))))));
    return main4(main35(main));
  }

 private:
  LeakyConv top1{nullptr}, top3{nullptr};
  ResidualDenseBlock top21{nullptr};
  GlobalBlock top22{nullptr};
  LeakyConv mid1{nullptr}, mid2{nullptr}, mid4{nullptr};
  ResidualDenseBlock mid31{nullptr};
  GlobalBlock mid32{nullptr};
  LeakyConv bot1{nullptr}, bot2{nullptr}, bot4{nullptr};
  ResidualDenseBlock bot31{nullptr}, bot32{nullptr};
  GlobalBlock bot33{nullptr};
  LeakyConv main1{nullptr}, main2{nullptr}, main4{nullptr};
  ResidualDenseBlock main31{nullptr}, main32{nullptr}, main33{nullptr}, main34{nullptr};
  GlobalBlock main35{nullptr};
};

HYPERLIFT_MODEL(
    "hrnet", HRNet, HRNetOptions,
    ModelFacts{
        .task = "spectral",
        .title = "HRNet",
        .year = 2020,
        .paper =
            "Zhao, Po, Yan, Liu, Lin: Hierarchical Regression Network for Spectral Reconstruction "
            "from RGB Images, CVPRW (NTIRE) 2020",
        .reference = "SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/hrnet.py, SGN",
        .size = {.multiple = 8},
        .unused = {"*.fc.*.weight", "sort.conv.weight"}})

}  // namespace

}  // namespace hyperlift
