// HSINet (hslnet in the code): residual blocks that share their convolutions, then spatial
// attention over three sizes.
//
// Paper: not named by the repository that publishes it.
// Reference: SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/HSINet.py, hslnet.
// Input: [B, inBands, H, W] in [0, 1].
// Output: [B, outBands, H, W] in (0, 1), the sigmoid's.
// Deviations: the reference takes sides that are 0 or 3 modulo 4, and cuts the latter inside; all
//   are padded to multiples of 4 here.
#include "models/registry.h"
#include "nn/conv.h"

namespace hyperlift {

namespace {

using nn::Conv;
using torch::nn::BatchNorm2d;

struct HSINetOptions {
  int64_t in_bands = 3;
  int64_t out_bands = 31;
  int64_t width = 90;

  template <class Visitor>
  void visit(Visitor&& option) {
    option(in_bands, {"inBands", "in_channels", "bands of the input"});
    option(out_bands, {"outBands", "out_channels", "bands of the output"});
    option(width, {"width", "middle_channels", "width of the features"});
  }
};

Conv same_size(int64_t in, int64_t out, int64_t kernel, int64_t stride = 1) {
  return Conv(torch::nn::Conv2dOptions(in, out, kernel).stride(stride).padding(kernel / 2));
}

// One place at which a shared convolution is used, with the norm behind it. Inference folds the
// norm into a copy of the weights; each kind of use has its own.
class NormedUse {
 public:
  NormedUse(Conv conv, BatchNorm2d norm) : conv_(std::move(conv)), norm_(std::move(norm)) {}

  // relu(norm(conv(x)))
  at::Tensor operator()(const at::Tensor& x) {
    if (!folds(x)) return at::relu(norm_(conv_(x)));
    return fused_(x, layer(/*shifts=*/true), Activation::relu());
  }

  // relu(norm(conv(x) + side(skip))): both are scaled, the shift is added once.
  at::Tensor plus(const at::Tensor& x, NormedUse& side, const at::Tensor& skip) {
    if (!folds(x)) return at::relu(norm_(conv_->plus(x, side.conv_(skip))));
    const auto addend = side.fused_(skip, side.layer(/*shifts=*/false), {});
    return fused_(x, layer(/*shifts=*/true), Activation::relu(), addend);
  }

 private:
  struct Folded {
    at::Tensor weight;
    at::Tensor bias;
  };

  bool folds(const at::Tensor& x) const { return !norm_->is_training() && FusedConv::serves(x); }

  ConvLayer layer(bool shifts) {
    // Running means are written without advancing their version; the count of batches does.
    const auto folded =
        folded_.get({conv_->weight, conv_->bias, norm_->weight, norm_->bias, norm_->running_mean,
                     norm_->running_var, norm_->num_batches_tracked},
                    {}, [&] { return fold(shifts); });
    return {.sources = {folded.weight},
            .weight = [weight = folded.weight] { return weight; },
            .bias = folded.bias,
            .shape = {.padding = conv_->weight.size(2) / 2}};
  }

  Folded fold(bool shifts) const {
    const auto scale = norm_->weight * (norm_->running_var + norm_->options.eps()).rsqrt();
    const auto bias = conv_->bias * scale;
    return {conv_->weight * scale.view({-1, 1, 1, 1}),
            shifts ? bias + norm_->bias - norm_->running_mean * scale : bias};
  }

  Conv conv_;
  BatchNorm2d norm_;
  Derived<Folded> folded_;
  FusedConv fused_;
};

// S(P, Q) of the shared convolutions: relu(norm(Q(relu(norm(P(x)))) + conv1(x))).
class ResidualUse {
 public:
  ResidualUse(const Conv& first, const Conv& second, const Conv& side, const BatchNorm2d& norm)
      : first_(first, norm), second_(second, norm), side_(side, norm) {}
  at::Tensor operator()(const at::Tensor& x) { return second_.plus(first_(x), side_, x); }

 private:
  NormedUse first_;
  NormedUse second_;
  NormedUse side_;
};

// Gates at half and at full size, each made from what lies a size below. Every size goes through
// the same convolutions.
class SpatialAttentionImpl : public torch::nn::Module {
 public:
  explicit SpatialAttentionImpl(int64_t width)
      : norm_(width),
        mix_(same_size(width, width, 1)),
        conv_(same_size(width, width, 3)),
        halve_(same_size(width, width, 3, 2)),
        join_(same_size(2 * width, width, 3)) {
    register_module("bn", norm_);
    register_module("conv_sa", same_size(width, width, 1));  // in the checkpoint, never used
    register_module("conv_1", mix_);
    register_module("conv_3", conv_);
    register_module("con_stride", halve_);
    register_module("con", join_);
  }

  at::Tensor forward(const at::Tensor& x) {  // [B, D, H, W], H and W multiples of 4
    const auto half = at_half_(halve_(x));
    const auto quarter = mix_quarter_(at_quarter_(halve_(mix_half_(half))));
    const auto up = mix_(mix_doubled_(conv_(doubled(quarter))));
    const auto gated = gated_half_(half) * at::sigmoid(up) * 2;
    const auto joined = mix_joined_(join_half_(at::cat({gated, up}, 1)));
    const auto full = mix_(mix_full_(conv_(doubled(joined))));
    return join_full_(at::cat({full, x * at::sigmoid(full) * 2}, 1));
  }

 private:
  static at::Tensor doubled(const at::Tensor& x) {
    return at::upsample_bilinear2d(x, {2 * x.size(2), 2 * x.size(3)}, /*align_corners=*/false);
  }

  BatchNorm2d norm_;
  Conv mix_;
  Conv conv_;
  Conv halve_;
  Conv join_;
  NormedUse at_half_{conv_, norm_};
  NormedUse mix_half_{mix_, norm_};
  NormedUse at_quarter_{conv_, norm_};
  NormedUse mix_quarter_{mix_, norm_};
  NormedUse mix_doubled_{mix_, norm_};
  NormedUse gated_half_{conv_, norm_};
  NormedUse join_half_{join_, norm_};
  NormedUse mix_joined_{mix_, norm_};
  NormedUse mix_full_{mix_, norm_};
  NormedUse join_full_{join_, norm_};
};
TORCH_MODULE(SpatialAttention);

class HSINet : public Network {
 public:
  explicit HSINet(const HSINetOptions& options)
      : norm_(options.width),
        head_(same_size(options.in_bands, options.width, 3)),
        tail_(same_size(options.width, options.out_bands, 1)),
        first_(same_size(options.width, options.width, 3)),
        second_(same_size(options.width, options.width, 3)),
        third_(same_size(options.width, options.width, 3)),
        fourth_(same_size(options.width, options.width, 3)),
        side_(same_size(options.width, options.width, 1)),
        attention_(options.width) {
    register_module("conv_3", head_);
    register_module("conv_1", tail_);
    register_module("att", attention_);
    register_module("bn", norm_);
    register_module("bn2", BatchNorm2d(options.out_bands));  // never used, as conv_y and conv_z
    register_module("conv3_1", first_);
    register_module("conv3_2", second_);
    register_module("conv3_3", third_);
    register_module("conv3_4", fourth_);
    register_module("conv1", side_);
    register_module("conv_y", same_size(1, 1, 3));
    register_module("conv_z", same_size(3, 3, 3));
  }

  at::Tensor forward(const at::Tensor& image) override {
    auto x = opening_(normed_head_(image.contiguous(at::MemoryFormat::ChannelsLast)));
    x = x + second_block_(x);
    for (int i = 0; i < 4; ++i) x = x + recurrent_(x);
    return tail_(attention_(x), Activation::sigmoid());
  }

 private:
  BatchNorm2d norm_;
  Conv head_;
  Conv tail_;
  Conv first_;
  Conv second_;
  Conv third_;
  Conv fourth_;
  Conv side_;
  SpatialAttention attention_;
  NormedUse normed_head_{head_, norm_};
  ResidualUse opening_{first_, second_, side_, norm_};
  ResidualUse second_block_{third_, fourth_, side_, norm_};
  ResidualUse recurrent_{third_, second_, side_, norm_};
};

HYPERLIFT_MODEL(
    "hsinet", HSINet, HSINetOptions,
    ModelFacts{
        .task = "spectral",
        .title = "HSINet",
        .year = 2022,
        .paper = "not named by the repository that publishes the network",
        .reference =
            "SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/HSINet.py, hslnet",
        .size = {.multiple = 4},
        .unused = {"att.conv_sa.*", "bn2.*", "conv_y.*", "conv_z.*"},
        .optional_keys = {}})

}  // namespace

}  // namespace hyperlift
