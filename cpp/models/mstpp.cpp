// MST++: three U-shaped stages of spectral-wise attention, each with its own skip.
//
// Paper: Cai, Lin, Lin, Wang, Zhang, Pfister, Timofte, Van Gool, "MST++: Multi-stage Spectral-wise
// Transformer for
//   Efficient Spectral Reconstruction", CVPRW (NTIRE) 2022, arXiv 2204.07908.
// Reference: SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/MST_Plus_Plus.py,
// MST_Plus_Plus;
//   first published in caiyuanhao1998/MST-plus-plus@18e2032,
//   train_code/architecture/MST_Plus_Plus.py.
// Input: [B, inBands, H, W] in [0, 1].
// Output: [B, outBands, H, W], not clamped.
// Deviations: the band sort of the reference's tuple belongs to the paradigm, not to the network;
// one width for
//   features, stages and output (the reference fixes 31 in the stages), so that any number of bands
//   works.
#include "models/registry.h"
#include "nn/band_sort.h"
#include "nn/conv.h"
#include "nn/depthwise_feed_forward.h"
#include "nn/layout.h"
#include "nn/module_list.h"
#include "nn/spectral_attention.h"

namespace hyperlift {

namespace {

using nn::Conv;
using torch::nn::ModuleList;

struct MSTPlusPlusOptions {
  int64_t in_bands = 3;
  int64_t out_bands = 31;
  int64_t width = 0;
  int64_t stages = 3;

  template <class Visitor>
  void visit(Visitor&& option) {
    option(in_bands, {"inBands", "in_channels", "bands of the input"});
    option(out_bands, {"outBands", "out_channels", "bands of the output"});
    option(width, {"width", "n_feat", "width of the features; it equals outBands, and 0 says so"});
    option(stages, {"stages", "stage", "number of U-shaped stages"});
  }
};

Conv conv3(int64_t in, int64_t out) {
  return Conv(torch::nn::Conv2dOptions(in, out, 3).padding(1).bias(false));
}

// MSAB with one block: attention, then feed-forward, each with its skip. No norm before the
// attention: the paper draws one, the published code has none.
class AttentionBlockImpl : public torch::nn::Module {
 public:
  AttentionBlockImpl(int64_t channels, int64_t heads)
      : attention_(nn::SpectralAttentionOptions{.channels = channels,
                                                .heads = heads,
                                                .head_width = channels / heads,
                                                .positions = true}),
        feed_forward_(channels) {
    register_module("blocks", nn::module_list(nn::module_list(attention_, feed_forward_)));
  }

  at::Tensor forward(const at::Tensor& image) {  // [B, C, H, W], channels-last
    const int64_t height = image.size(2);
    const int64_t width = image.size(3);
    const auto x = nn::to_rows(image);
    return feed_forward_(attention_(x, height, width, x), height, width);
  }

 private:
  nn::SpectralAttention attention_;
  nn::NormedFeedForward feed_forward_;
};
TORCH_MODULE(AttentionBlock);

// One stage (class MST of the reference file, not the network of that name): two levels down, a
// bottleneck, two up.
class StageImpl : public torch::nn::Module {
 public:
  explicit StageImpl(int64_t width)
      : embedding_(conv3(width, width)),
        at_full_(width, 1),
        to_half_(nn::halving_conv(width, 2 * width)),
        at_half_(2 * width, 2),
        to_quarter_(nn::halving_conv(2 * width, 4 * width)),
        bottleneck_(4 * width, 4),
        from_quarter_(doubling(4 * width, 2 * width)),
        fuse_half_(nn::pointwise_conv(4 * width, 2 * width)),
        back_at_half_(2 * width, 2),
        from_half_(doubling(2 * width, width)),
        fuse_full_(nn::pointwise_conv(2 * width, width)),
        back_at_full_(width, 1),
        mapping_(conv3(width, width)) {
    register_module("embedding", embedding_);
    register_module("encoder_layers", nn::module_list(nn::module_list(at_full_, to_half_),
                                                      nn::module_list(at_half_, to_quarter_)));
    register_module("bottleneck", bottleneck_);
    register_module("decoder_layers",
                    nn::module_list(nn::module_list(from_quarter_, fuse_half_, back_at_half_),
                                    nn::module_list(from_half_, fuse_full_, back_at_full_)));
    register_module("mapping", mapping_);
    initialise();
  }

  at::Tensor forward(const at::Tensor& x) {  // [B, C, H, W], H and W multiples of 4
    const auto full = at_full_(embedding_(x));
    const auto half = at_half_(to_half_(full));
    const auto quarter = bottleneck_(to_quarter_(half));
    const auto up = back_at_half_(fuse_half_(at::cat({from_quarter_(quarter), half}, 1)));
    const auto out = back_at_full_(fuse_full_(at::cat({from_half_(up), full}, 1)));
    return mapping_->plus(out, x);
  }

 private:
  static torch::nn::ConvTranspose2d doubling(int64_t in, int64_t out) {
    return torch::nn::ConvTranspose2d(torch::nn::ConvTranspose2dOptions(in, out, 2).stride(2));
  }

  // Linear layers: normal with deviation 0.02 (the reference cuts at +-2, a hundred deviations out)
  // and bias 0.
  void initialise() {
    const torch::NoGradGuard no_grad;
    for (const auto& module : modules(false)) {
      if (auto* linear = module->as<torch::nn::Linear>()) {
        linear->weight.normal_(0.0, 0.02);
        if (linear->bias.defined()) linear->bias.zero_();
      }
    }
  }

  Conv embedding_;
  AttentionBlock at_full_;
  Conv to_half_;
  AttentionBlock at_half_;
  Conv to_quarter_;
  AttentionBlock bottleneck_;
  torch::nn::ConvTranspose2d from_quarter_;
  Conv fuse_half_;
  AttentionBlock back_at_half_;
  torch::nn::ConvTranspose2d from_half_;
  Conv fuse_full_;
  AttentionBlock back_at_full_;
  Conv mapping_;
};
TORCH_MODULE(Stage);

class MSTPlusPlus : public Network {
 public:
  explicit MSTPlusPlus(const MSTPlusPlusOptions& options) {
    if (options.width != 0 && options.width != options.out_bands) {
      fail("MODEL_OPTION", "network mstpp: option width is ", options.width, ", expected ",
           options.out_bands, " (outBands) or 0: the result is added to the features");
    }
    conv_in = register_module("conv_in", conv3(options.in_bands, options.out_bands));
    body = register_module("body", ModuleList());
    for (int64_t i = 0; i < options.stages; ++i) {
      stages_.emplace_back(options.out_bands);
      body->push_back(stages_.back());
    }
    conv_out = register_module("conv_out", conv3(options.out_bands, options.out_bands));
    register_module("sort", nn::BandSort());
  }

  at::Tensor forward(const at::Tensor& x) override {
    const auto features = conv_in(x.contiguous(at::MemoryFormat::ChannelsLast));
    auto out = features;
    for (auto& stage : stages_) out = stage(out);
    return conv_out->plus(out, features);
  }

 private:
  Conv conv_in{nullptr};
  ModuleList body{nullptr};
  std::vector<Stage> stages_;
  Conv conv_out{nullptr};
};

HYPERLIFT_MODEL(
    "mstpp", MSTPlusPlus, MSTPlusPlusOptions,
    ModelFacts{
        .task = "spectral",
        .title = "MST++",
        .year = 2022,
        .paper = "Cai, Lin, Lin, Wang, Zhang, Pfister, Timofte, Van Gool: MST++: Multi-stage "
                 "Spectral-wise Transformer for Efficient Spectral Reconstruction, CVPRW "
                 "(NTIRE) 2022",
        .reference = "SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, "
                     "architecture_spe/MST_Plus_Plus.py, MST_Plus_Plus",
        .size = {.multiple = 8},
        .unused = {"sort.conv.weight"}})

}  // namespace

}  // namespace hyperlift
