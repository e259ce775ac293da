// SFFormer, the network of UnSSR: convolutional blocks with low-rank products between features
// (LCAB, LRED) beside a half-size spectral transformer (GLAF, TE).
//
// Paper: Leng, Li, Song, Li, Du, "Uncertainty-Guided Discriminative Priors Mining for Flexible
// Unsupervised Spectral
//   Reconstruction", IEEE TNNLS 2025, doi 10.1109/TNNLS.2025.3526159.
// Reference: SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/UnSSR.py, SFFormer.
// Input: [B, inBands, H, W] in [0, 1].
// Output: [B, outBands, H, W], not clamped.
// Deviations: the band sort of the reference's tuple belongs to the paradigm, not to the network;
// odd sizes, which
//   fail in the reference, are padded. Option `transpose` is ours and off.
#include "models/registry.h"
#include "nn/band_sort.h"
#include "nn/conv.h"
#include "nn/layout.h"
#include "nn/module_list.h"
#include "nn/prenorm.h"
#include "nn/reflect_conv.h"
#include "nn/spectral_attention.h"

namespace hyperlift {

namespace {

using nn::Conv;
using nn::ReflectConv;
using torch::nn::ModuleList;
using torch::nn::PReLU;

struct SFFormerOptions {
  int64_t in_bands = 3;
  int64_t out_bands = 31;
  int64_t width = 48;
  int64_t blocks = 3;
  bool transpose = false;

  template <class Visitor>
  void visit(Visitor&& option) {
    option(in_bands, {"inBands", "inplanes", "bands of the input"});
    option(out_bands, {"outBands", "outplanes", "bands of the output"});
    option(width, {"width", "planes", "width P of the features, a multiple of 6"});
    option(blocks, {"blocks", "n_CTblocks", "number of blocks"});
    option(transpose, {"transpose", "",
                       "LRED puts its low-rank products back by pixel and channel. Off, as "
                       "published, their memory is read in "
                       "another order; weights trained one way do not work the other"});
  }
};

// ReshapeBlock of the reference: changes the number of channels.
class ReshapeImpl : public torch::nn::Module {
 public:
  ReshapeImpl(int64_t in, int64_t out) {
    conv1 = register_module("conv1", ReflectConv(in, out));
    relu = register_module("relu", PReLU());
    conv2 = register_module("conv2", ReflectConv(out, out));
  }
  at::Tensor forward(const at::Tensor& x) { return conv2(first(x)); }
  at::Tensor plus(const at::Tensor& x, const at::Tensor& addend) {
    return conv2->plus(first(x), addend);
  }

 private:
  at::Tensor first(const at::Tensor& x) { return conv1(x, Activation::prelu(relu->weight)); }

  ReflectConv conv1{nullptr};
  PReLU relu{nullptr};
  ReflectConv conv2{nullptr};
};
TORCH_MODULE(Reshape);

// Conv3_1 of the reference: as above, and a 1 x 1 behind it.
class Conv31Impl : public torch::nn::Module {
 public:
  Conv31Impl(int64_t in, int64_t out) {
    conv31 = register_module("conv31", ReflectConv(in, out));
    relu = register_module("relu", PReLU());
    conv32 = register_module("conv32", ReflectConv(out, out));
    conv1 = register_module("conv1", nn::pointwise_conv(out, out));
  }
  at::Tensor forward(const at::Tensor& x) { return plus(x, {}); }

  // conv1 and conv32 have nothing between them: they are folded into one 3 x 3, in training too.
  at::Tensor plus(const at::Tensor& x, const at::Tensor& addend) {
    const auto padded =
        at::reflection_pad2d(conv31(x, Activation::prelu(relu->weight)), {1, 1, 1, 1});
    const auto folded = [this] {  // [out, m] [m, in*3*3] -> [out, in, 3, 3]
      return conv1->weight.flatten(1).matmul(conv32->weight().flatten(1)).view_as(conv32->weight());
    };
    if (FusedConv::serves(padded)) {
      return fused_(padded, {.sources = {conv1->weight, conv32->weight()}, .weight = folded}, {},
                    addend);
    }
    const auto y = at::conv2d(padded, folded());
    return addend.defined() ? y + addend : y;
  }

 private:
  ReflectConv conv31{nullptr};
  PReLU relu{nullptr};
  ReflectConv conv32{nullptr};
  Conv conv1{nullptr};
  FusedConv fused_;
};
TORCH_MODULE(Conv31);

// The low-rank branch. The products are not normalised: they grow with the number of pixels, so the
// response depends on the image size.
class LREDImpl : public torch::nn::Module {
 public:
  LREDImpl(int64_t width, bool transpose) : transpose_(transpose) {
    conv31_down = register_module("conv31_down", Conv31(width, width));
    conv31_mid = register_module("conv31_mid", Conv31(width, width / 2));
    conv31_up = register_module("conv31_up", Conv31(width, width / 3));
    register_module("conv1", nn::pointwise_conv(width, width));  // in the checkpoint, never used
    reshape = register_module("reshape", Reshape(width * 3 / 2, width));
  }

  at::Tensor forward(const at::Tensor& x) {  // [B, P, H, W]
    const auto down = conv31_down(x);
    const auto mid = conv31_mid(x);
    const auto up = conv31_up(x);
    const auto mid_rows = nn::to_rows(mid);  // [B, N, P/2]
    const auto first = product(mid_rows, nn::to_rows(down), down);
    const auto second = product(nn::to_rows(up), mid_rows, mid);
    return reshape->plus(at::cat({first + down, second + mid}, 1), x);
  }

 private:
  // thin (thin^T wide): [B, N, a] and [B, N, b] -> [B, N, b] in two thin products, the [a, b] map
  // first.
  at::Tensor product(const at::Tensor& thin, const at::Tensor& wide, const at::Tensor& like) const {
    const auto rows = thin.matmul(thin.mT().matmul(wide));
    // As published, the memory of [N, b] is read as [b, H, W], without a transposition.
    return transpose_ ? nn::to_image(rows, like.size(2), like.size(3)) : rows.view(like.sizes());
  }

  bool transpose_;
  Conv31 conv31_down{nullptr};
  Conv31 conv31_mid{nullptr};
  Conv31 conv31_up{nullptr};
  Reshape reshape{nullptr};
};
TORCH_MODULE(LRED);

class LCABImpl : public torch::nn::Module {
 public:
  LCABImpl(int64_t width, bool transpose) {
    conv31 = register_module("conv31", Reshape(width, width));
    lred = register_module("LRED", LRED(width, transpose));
    conv32 = register_module("conv32", Conv31(width, width));
    conv33 = register_module("conv33", Reshape(width, width));
  }
  at::Tensor forward(const at::Tensor& x) {
    const auto r = conv31(x);
    return conv33->plus(conv32->plus(r, lred(r) + x), x);
  }

 private:
  Reshape conv31{nullptr};
  LRED lred{nullptr};
  Conv31 conv32{nullptr};
  Reshape conv33{nullptr};
};
TORCH_MODULE(LCAB);

// Scales each channel by its own average, weighted over the pixels, and halves or doubles the size.
// Both layers exist in every GLAF; the one of the other direction stays in the checkpoint,
// untrained.
class GLAFImpl : public torch::nn::Module {
 public:
  enum class Direction { down, up };

  GLAFImpl(int64_t channels, Direction direction) : direction_(direction) {
    conv0 = register_module("conv0", nn::pointwise_conv(channels, channels));
    conv1 = register_module("conv1", nn::pointwise_conv(channels, 1));
    down_sample = register_module("down_sample", nn::halving_conv(channels, 2 * channels));
    up_sample = register_module(
        "up_sample",
        torch::nn::ConvTranspose2d(
            torch::nn::ConvTranspose2dOptions(channels, channels / 2, 4).stride(2).padding(1)));
  }

  at::Tensor forward(const at::Tensor& x) {
    const auto z = conv0(x);
    const auto weights = at::softmax(nn::to_rows(conv1(z)), 1);  // [B, N, 1]
    const auto mean = nn::to_rows(z).mT().matmul(weights);       // [B, C, 1]
    const auto scaled = z * mean.unsqueeze(-1);
    return direction_ == Direction::down ? down_sample(scaled) : up_sample(scaled);
  }

 private:
  Direction direction_;
  Conv conv0{nullptr};
  Conv conv1{nullptr};
  Conv down_sample{nullptr};
  torch::nn::ConvTranspose2d up_sample{nullptr};
};
TORCH_MODULE(GLAF);

// TE: two layers of attention between channels and feed-forward, channels last.
class TransformerImpl : public torch::nn::Module {
 public:
  explicit TransformerImpl(int64_t channels) {
    auto layers = register_module("layers", ModuleList());
    for (int i = 0; i < 2; ++i) {
      const nn::SpectralAttentionOptions options{
          .channels = channels, .heads = 3, .head_width = channels / 3};
      attentions_.push_back(std::make_shared<Attention>(channels, nn::SpectralAttention(options)));
      feed_forwards_.push_back(std::make_shared<Forward>(channels, nn::LeakyFeedForward(channels)));
      ModuleList layer;
      layer->push_back(attentions_.back());
      layer->push_back(feed_forwards_.back());
      layers->push_back(layer);
    }
  }

  at::Tensor forward(const at::Tensor& image) {  // [B, C, h, w]
    const int64_t height = image.size(2);
    const int64_t width = image.size(3);
    auto x = nn::to_rows(image);
    for (size_t i = 0; i < attentions_.size(); ++i) {
      x = attentions_[i]->forward(x, height, width);
      x = feed_forwards_[i]->forward(x);
    }
    return nn::to_image(x, height, width);
  }

 private:
  using Attention = nn::ResidualNorm<nn::SpectralAttention>;
  using Forward = nn::ResidualNorm<nn::LeakyFeedForward>;
  std::vector<std::shared_ptr<Attention>> attentions_;
  std::vector<std::shared_ptr<Forward>> feed_forwards_;
};
TORCH_MODULE(Transformer);

class CTBlockImpl : public torch::nn::Module {
 public:
  CTBlockImpl(int64_t width, bool transpose) {
    rdb1 = register_module("RDB1", LCAB(width, transpose));
    glaf0 = register_module("GLAF0", GLAF(width, GLAFImpl::Direction::down));
    te0 = register_module("TE0", Transformer(2 * width));
    glaf1 = register_module("GLAF1", GLAF(2 * width, GLAFImpl::Direction::up));
    reshape = register_module("reshape", Reshape(2 * width, width));
  }
  at::Tensor forward(const at::Tensor& x) {  // [B, P, H, W], H and W even
    const auto local = rdb1(x);
    const auto spectral = glaf1(te0(glaf0(x)));
    return reshape->plus(at::cat({spectral, local}, 1), x);
  }

 private:
  LCAB rdb1{nullptr};
  GLAF glaf0{nullptr};
  Transformer te0{nullptr};
  GLAF glaf1{nullptr};
  Reshape reshape{nullptr};
};
TORCH_MODULE(CTBlock);

class SFFormer : public Network {
 public:
  explicit SFFormer(const SFFormerOptions& options) {
    if (options.width < 6 || options.width % 6 != 0) {
      fail("MODEL_OPTION", "network sfformer: option width is ", options.width,
           ", expected a positive multiple of 6 (a half and a third of it are used)");
    }
    reshape_in = register_module("reshape_in", Reshape(options.in_bands, options.width));
    auto backbone = register_module("backbone", ModuleList());
    for (int64_t i = 0; i < options.blocks; ++i) {
      blocks_.emplace_back(options.width, options.transpose);
      backbone->push_back(blocks_.back());
    }
    reshape_out = register_module("reshape_out", Reshape(options.width, options.out_bands));
    register_module("sort", nn::BandSort());
  }

  at::Tensor forward(const at::Tensor& x) override {
    auto out = reshape_in(x.contiguous(at::MemoryFormat::ChannelsLast));
    for (auto& block : blocks_) out = block(out);
    return reshape_out(out);
  }

 private:
  Reshape reshape_in{nullptr};
  std::vector<CTBlock> blocks_;
  Reshape reshape_out{nullptr};
};

HYPERLIFT_MODEL(
    "sfformer", SFFormer, SFFormerOptions,
    ModelFacts{
        .task = "spectral",
        .title = "SFFormer",
        .year = 2025,
        .paper = "Leng, Li, Song, Li, Du: Uncertainty-Guided Discriminative Priors Mining for "
                 "Flexible Unsupervised Spectral Reconstruction, IEEE TNNLS 2025",
        .reference = "SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/UnSSR.py, "
                     "SFFormer",
        .size = {.multiple = 2, .minimum = 2},
        .size_dependent = true,
        .unused = {"backbone.*.RDB1.LRED.conv1.weight", "backbone.*.GLAF0.up_sample.weight",
                   "backbone.*.GLAF0.up_sample.bias", "backbone.*.GLAF1.down_sample.weight",
                   "sort.conv.weight"}})

}  // namespace

}  // namespace hyperlift
