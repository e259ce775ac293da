// MIRNet: parallel streams at full, half and quarter size, fused by channel weights.
//
// Paper: Zamir, Arora, Khan, Hayat, Khan, Yang, Shao, "Learning Enriched Features for Real Image
//   Restoration and Enhancement", ECCV 2020, arXiv 2003.06792.
// Reference: caiyuanhao1998/MST-plus-plus@18e2032, train_code/architecture/MIRNet.py, MIRNet.
// Input: [B, inBands, H, W] in [0, 1].
// Output: [B, outBands, H, W], not clamped.
// Deviations: below 8 channels, channel attention keeps one hidden number, where the reference has
//   none.
#include "models/registry.h"
#include "nn/channel_gate.h"
#include "nn/conv.h"
#include "nn/layout.h"
#include "nn/module_list.h"

namespace hyperlift {

namespace {

using nn::Conv;
using torch::nn::ModuleList;
using torch::nn::PReLU;

struct MIRNetOptions {
  int64_t in_bands = 3;
  int64_t out_bands = 31;
  int64_t features = 0;
  int64_t kernel = 3;
  int64_t level_growth = 2;
  int64_t groups = 3;
  int64_t blocks = 1;
  int64_t levels = 3;
  int64_t columns = 1;
  bool bias = false;

  template <class Visitor>
  void visit(Visitor&& option) {
    option(in_bands, {"inBands", "in_channels", "bands of the input"});
    option(out_bands, {"outBands", "out_channels", "bands of the output"});
    // `width` is the authors' name of another option.
    option(features,
           {"features", "n_feat", "width of the features; it equals outBands, and 0 says so"});
    option(kernel, {"kernel", "kernel_size", "side of the first and last convolution, odd"});
    option(level_growth, {"levelGrowth", "stride",
                          "how many times as wide each level down is; 2, which halving implies"});
    option(groups, {"groups", "n_RRG", "number of recursive residual groups"});
    option(blocks, {"blocks", "n_MSRB", "multi-scale residual blocks in each group"});
    option(levels, {"levels", "height", "streams of each block, each of half the size"});
    option(columns, {"columns", "width",
                     "how many times each stream passes its unit; between them streams are fused"});
    option(bias, {"bias", "bias", "whether the convolutions around the units have biases"});
  }
};

Conv conv(int64_t in, int64_t out, int64_t kernel, bool bias = false) {
  return Conv(torch::nn::Conv2dOptions(in, out, kernel).padding(kernel / 2).bias(bias));
}

Activation prelu(const PReLU& layer) { return Activation::prelu(layer->weight); }

// spatial_attn_layer: a factor for each pixel from its largest and mean channel.
class SpatialGateImpl : public torch::nn::Module {
 public:
  SpatialGateImpl() : conv_(conv(2, 1, 5)) {
    auto spatial = std::make_shared<torch::nn::Module>();
    spatial->register_module("conv", conv_);
    register_module("spatial", spatial);
  }
  at::Tensor forward(const at::Tensor& x) {  // [B, C, H, W] -> [B, 1, H, W] in (0, 1)
    const auto largest = std::get<0>(x.max(1, /*keepdim=*/true));
    return conv_(at::cat({largest, x.mean(1, /*keepdim=*/true)}, 1), Activation::sigmoid());
  }

 private:
  Conv conv_;
};
TORCH_MODULE(SpatialGate);

// DAU, dual attention unit: figure 4 of the paper. All units of the network share one PReLU.
class DualAttentionImpl : public torch::nn::Module {
 public:
  DualAttentionImpl(int64_t channels, PReLU act)
      : first_(conv(channels, channels, 3)),
        act_(std::move(act)),
        second_(conv(channels, channels, 3)) {
    register_module("body", nn::module_list(first_, act_, second_));
    spatial = register_module("SA", SpatialGate());
    channel = register_module("CA", nn::ChannelGate(channels, std::max<int64_t>(channels / 8, 1)));
    conv1x1 = register_module("conv1x1", nn::pointwise_conv(2 * channels, channels));
  }

  // conv1x1 reads the features twice, scaled by pixel and by channel. Its first half sees the
  // features as they are, a pixel's factor being the same before and after it; its second half
  // takes in the channels' factors.
  at::Tensor forward(const at::Tensor& x) {  // [B, C, H, W]
    const int64_t channels = x.size(1);
    const auto features = second_(first_(x, prelu(act_)));
    const auto weight = conv1x1->weight.flatten(1);  // [C, 2C]
    const auto rows = nn::to_rows(features);
    const auto by_pixel = at::matmul(rows, weight.narrow(1, 0, channels).t());
    const auto gate = channel(features).flatten(1).unsqueeze(-1);  // [B, C, 1]
    const auto scaled = weight.narrow(1, channels, channels).t() * gate;
    const auto by_channel = at::baddbmm(nn::to_rows(x), rows, scaled);
    const auto pixels = nn::to_rows(spatial(features));  // [B, H*W, 1]
    return nn::to_image(at::addcmul(by_channel, by_pixel, pixels), x.size(2), x.size(3));
  }

 private:
  Conv first_;
  PReLU act_;
  Conv second_;
  SpatialGate spatial{nullptr};
  nn::ChannelGate channel{nullptr};
  Conv conv1x1{nullptr};
};
TORCH_MODULE(DualAttention);

// SKFF, selective kernel feature fusion: figure 3 of the paper.
class SelectiveFusionImpl : public torch::nn::Module {
 public:
  SelectiveFusionImpl(int64_t channels, int64_t inputs)
      : squeeze_(nn::pointwise_conv(channels, std::max<int64_t>(channels / 8, 4))) {
    register_module("conv_du", nn::module_list(squeeze_, act_));
    auto fcs = register_module("fcs", ModuleList());
    for (int64_t i = 0; i < inputs; ++i) {
      excite_.push_back(nn::pointwise_conv(std::max<int64_t>(channels / 8, 4), channels));
      fcs->push_back(excite_.back());
    }
  }

  at::Tensor forward(const std::vector<at::Tensor>& inputs) {  // each [B, C, H, W]
    auto mean = inputs[0].mean({2, 3});
    for (size_t i = 1; i < inputs.size(); ++i) mean = mean + inputs[i].mean({2, 3});
    const auto hidden = at::prelu(at::linear(mean, squeeze_->weight.flatten(1)), act_->weight);
    std::vector<at::Tensor> weights;
    for (const auto& layer : excite_) weights.push_back(layer->weight.flatten(1));
    // [B, inputs, C], softmax over the inputs
    const auto scores = at::linear(hidden, at::cat(weights)).unflatten(1, {-1, mean.size(1)});
    const auto shares = at::softmax(scores, 1).unsqueeze(-1).unsqueeze(-1).unbind(1);
    auto sum = inputs[0] * shares[0];
    for (size_t i = 1; i < inputs.size(); ++i) sum = at::addcmul(sum, inputs[i], shares[i]);
    return sum;
  }

 private:
  Conv squeeze_;
  PReLU act_;
  std::vector<Conv> excite_;
};
TORCH_MODULE(SelectiveFusion);

// downsamp: every second pixel of the image behind a fixed binomial filter.
class BlurDownImpl : public torch::nn::Module {
 public:
  explicit BlurDownImpl(int64_t channels) {
    const auto row = torch::tensor({0.25, 0.5, 0.25}, at::kFloat);
    filt = register_buffer("filt", at::outer(row, row).repeat({channels, 1, 1, 1}));
  }
  at::Tensor forward(const at::Tensor& x) {  // [B, C, H, W] -> [B, C, H/2, W/2]
    const auto padded = at::reflection_pad2d(x, {1, 1, 1, 1});
    const int64_t channels = x.size(1);
    if (FusedConv::serves(padded)) {
      const ConvLayer layer{.sources = {filt},
                            .weight = [this] { return filt; },
                            .shape = {.stride = 2, .groups = channels}};
      return fused_(padded, layer, {});
    }
    return at::conv2d(padded, filt, {}, {2, 2}, at::IntArrayRef({0, 0}), {1, 1}, channels);
  }

 private:
  at::Tensor filt;  // [C, 1, 3, 3]
  FusedConv fused_;
};
TORCH_MODULE(BlurDown);

// ResidualDownSample: half the size, twice the channels.
class HalfImpl : public torch::nn::Module {
 public:
  explicit HalfImpl(int64_t channels)
      : top0_(nn::pointwise_conv(channels, channels)),
        top2_(conv(channels, channels, 3)),
        top4_(channels),
        top5_(nn::pointwise_conv(channels, 2 * channels)),
        bot0_(channels),
        bot1_(nn::pointwise_conv(channels, 2 * channels)) {
    register_module("top", nn::module_list(top0_, top1_, top2_, top3_, top4_, top5_));
    register_module("bot", nn::module_list(bot0_, bot1_));
  }
  at::Tensor forward(const at::Tensor& x) {
    const auto top = top4_(top2_(top0_(x, prelu(top1_)), prelu(top3_)));
    return top5_->plus(top, bot1_(bot0_(x)));
  }

 private:
  Conv top0_;
  PReLU top1_;
  Conv top2_;
  PReLU top3_;
  BlurDown top4_;
  Conv top5_;
  BlurDown bot0_;
  Conv bot1_;
};
TORCH_MODULE(Half);

// ResidualUpSample: twice the size, half the channels.
class TwiceImpl : public torch::nn::Module {
 public:
  explicit TwiceImpl(int64_t channels)
      : top0_(nn::pointwise_conv(channels, channels)),
        top2_(torch::nn::ConvTranspose2dOptions(channels, channels, 3)
                  .stride(2)
                  .padding(1)
                  .output_padding(1)
                  .bias(false)),
        top4_(nn::pointwise_conv(channels, channels / 2)),
        bot1_(nn::pointwise_conv(channels, channels / 2)) {
    register_module("top", nn::module_list(top0_, top1_, top2_, top3_, top4_));
    register_module("bot", nn::module_list(torch::nn::Identity(), bot1_));
  }
  at::Tensor forward(const at::Tensor& x) {
    const auto top = prelu(top3_)(top2_(top0_(x, prelu(top1_))));
    // The 1 x 1 convolution of the lower path comes before its interpolation: both are linear.
    const auto bottom = at::upsample_bilinear2d(bot1_(x), {2 * x.size(2), 2 * x.size(3)},
                                                /*align_corners=*/false);
    return top4_->plus(top, bottom);
  }

 private:
  Conv top0_;
  PReLU top1_;
  torch::nn::ConvTranspose2d top2_;
  PReLU top3_;
  Conv top4_;
  Conv bot1_;
};
TORCH_MODULE(Twice);

// DownSample and UpSample: some octaves in sequence.
template <class Octave>
class ResizeImpl : public torch::nn::Module {
 public:
  ResizeImpl(int64_t channels, int64_t octaves) {
    constexpr bool down = std::is_same_v<Octave, Half>;
    auto body = register_module("body", ModuleList());
    for (int64_t i = 0; i < octaves; ++i) {
      octaves_.emplace_back(channels);
      body->push_back(octaves_.back());
      channels = down ? 2 * channels : channels / 2;
    }
  }
  at::Tensor forward(at::Tensor x) {
    for (auto& octave : octaves_) x = octave(x);
    return x;
  }

 private:
  std::vector<Octave> octaves_;
};
using Down = ResizeImpl<Half>;
using Up = ResizeImpl<Twice>;

// MSRB, multi-scale residual block: figure 2 of the paper.
class MultiScaleImpl : public torch::nn::Module {
 public:
  MultiScaleImpl(int64_t width, const MIRNetOptions& options, const PReLU& act)
      : levels_(options.levels), columns_(options.columns) {
    register_streams(width, act);
    last_up_ = std::make_shared<torch::nn::Module>();
    register_module("last_up", last_up_);
    for (int64_t level = 1; level < levels_; ++level) {
      to_full_.push_back(last_up_->register_module(std::to_string(level),
                                                   std::make_shared<Up>(width << level, level)));
    }
    register_exchanges(width);
    conv_out = register_module("conv_out", conv(width, width, 3, options.bias));
    auto kernels = register_module("selective_kernel", ModuleList());
    for (int64_t level = 0; level < levels_; ++level) {
      fusions_.emplace_back(width << level, levels_);
      kernels->push_back(fusions_.back());
    }
  }

  at::Tensor forward(const at::Tensor& x) {  // [B, C, H, W]
    std::vector<at::Tensor> streams = {units_[0](x)};
    for (int64_t level = 1; level < levels_; ++level) {
      streams.push_back(units_[level](moved(streams.back(), level - 1, level)));
    }
    for (int64_t column = 1; column < columns_; ++column) streams = mesh(streams);
    for (int64_t level = 1; level < levels_; ++level) {
      streams[level] = to_full_[level - 1]->forward(streams[level]);
    }
    return conv_out->plus(fusions_[0](streams), x);
  }

 private:
  // One unit a stream; further columns pass the same one again, under another name.
  void register_streams(int64_t width, const PReLU& act) {
    auto blocks = register_module("blocks", ModuleList());
    for (int64_t level = 0; level < levels_; ++level) {
      units_.emplace_back(width << level, act);
      ModuleList row;
      for (int64_t column = 0; column < columns_; ++column) row->push_back(units_.back());
      blocks->push_back(row);
    }
  }

  // Ways between all streams, named by channels and factor; one column uses few of them.
  void register_exchanges(int64_t width) {
    auto down = register_module("down", std::make_shared<torch::nn::Module>());
    auto up = register_module("up", std::make_shared<torch::nn::Module>());
    const auto name = [&](int64_t level, int64_t octaves) {
      return std::to_string(width << level) + "_" + std::to_string(int64_t{1} << octaves);
    };
    for (int64_t from = 0; from < levels_; ++from) {
      for (int64_t octaves = levels_ - 1 - from; octaves > 0; --octaves) {
        down_[{from, from + octaves}] = down->register_module(
            name(from, octaves), std::make_shared<Down>(width << from, octaves));
      }
    }
    for (int64_t from = levels_ - 1; from > 0; --from) {
      for (int64_t octaves = from; octaves > 0; --octaves) {
        up_[{from, from - octaves}] =
            up->register_module(name(from, octaves), std::make_shared<Up>(width << from, octaves));
      }
    }
  }

  at::Tensor moved(const at::Tensor& x, int64_t from, int64_t to) {
    if (from == to) return x;
    return from < to ? down_.at({from, to})->forward(x) : up_.at({from, to})->forward(x);
  }

  std::vector<at::Tensor> mesh(const std::vector<at::Tensor>& streams) {
    std::vector<at::Tensor> result;
    for (int64_t to = 0; to < levels_; ++to) {
      std::vector<at::Tensor> arrived;
      for (int64_t from = 0; from < levels_; ++from) {
        arrived.push_back(moved(streams[from], from, to));
      }
      result.push_back(units_[to](fusions_[to](arrived)));
    }
    return result;
  }

  using Way = std::pair<int64_t, int64_t>;  // from one level to another
  int64_t levels_;
  int64_t columns_;
  std::vector<DualAttention> units_;
  std::shared_ptr<torch::nn::Module> last_up_;
  std::vector<std::shared_ptr<Up>> to_full_;
  std::map<Way, std::shared_ptr<Down>> down_;
  std::map<Way, std::shared_ptr<Up>> up_;
  Conv conv_out{nullptr};
  std::vector<SelectiveFusion> fusions_;
};
TORCH_MODULE(MultiScale);

// RRG, recursive residual group: multi-scale blocks, a convolution, and the input.
class GroupImpl : public torch::nn::Module {
 public:
  GroupImpl(int64_t width, const MIRNetOptions& options, const PReLU& act)
      : last_(conv(width, width, 3)) {
    auto body = register_module("body", ModuleList());
    for (int64_t i = 0; i < options.blocks; ++i) {
      blocks_.emplace_back(width, options, act);
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
  std::vector<MultiScale> blocks_;
  Conv last_;
};
TORCH_MODULE(Group);

const MIRNetOptions& checked(const MIRNetOptions& options) {
  const auto require = [](bool holds, const char* name, int64_t value,
                          const std::string& expected) {
    if (holds) return;
    fail("MODEL_OPTION", "network mirnet: option ", name, " is ", value, ", expected ", expected);
  };
  require(
      options.features == 0 || options.features == options.out_bands, "features", options.features,
      std::to_string(options.out_bands) + " (outBands) or 0: the result is added to the features");
  require(options.kernel > 0 && options.kernel % 2 == 1, "kernel", options.kernel, "an odd number");
  require(options.level_growth == 2, "levelGrowth", options.level_growth, "2");
  require(options.levels >= 1 && options.levels <= 4, "levels", options.levels, "1 to 4");
  require(options.columns >= 1, "columns", options.columns, "at least 1");
  return options;
}

class MIRNet : public Network {
 public:
  explicit MIRNet(const MIRNetOptions& given) {
    const auto& options = checked(given);
    const int64_t width = options.out_bands;
    conv_in =
        register_module("conv_in", conv(options.in_bands, width, options.kernel, options.bias));
    auto body = register_module("body", ModuleList());
    const PReLU act;
    for (int64_t i = 0; i < options.groups; ++i) {
      groups_.emplace_back(width, options, act);
      body->push_back(groups_.back());
    }
    conv_out = register_module("conv_out", conv(width, width, options.kernel, options.bias));
  }

  at::Tensor forward(const at::Tensor& x) override {  // H and W multiples of 8
    const auto features = conv_in(x.contiguous(at::MemoryFormat::ChannelsLast));
    auto out = features;
    for (auto& group : groups_) out = group(out);
    return conv_out->plus(out, features);
  }

 private:
  Conv conv_in{nullptr};
  std::vector<Group> groups_;
  Conv conv_out{nullptr};
};

HYPERLIFT_MODEL("mirnet", MIRNet, MIRNetOptions,
                ModelFacts{.task = "spectral",
                           .title = "MIRNet",
                           .year = 2020,
                           .paper = "Zamir, Arora, Khan, Hayat, Khan, Yang, Shao: Learning "
                                    "Enriched Features for Real Image Restoration and "
                                    "Enhancement, ECCV 2020",
                           .reference = "caiyuanhao1998/MST-plus-plus@18e2032, "
                                        "train_code/architecture/MIRNet.py, MIRNet",
                           .size = {.multiple = 8},
                           // What further columns would use.
                           .unused = {"body.*.body.*.down.*_4.body.*.top.*.weight",
                                      "body.*.body.*.down.*_4.body.*.bot.*.weight",
                                      "body.*.body.*.up.*.body.*.top.*.weight",
                                      "body.*.body.*.up.*.body.*.bot.*.weight",
                                      "body.*.body.*.selective_kernel.1.*.*.weight",
                                      "body.*.body.*.selective_kernel.2.*.*.weight"},
                           .optional_keys = {}})

}  // namespace

}  // namespace hyperlift
