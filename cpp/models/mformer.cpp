// MFormer: three scales of a transformer whose attention is a small map for each pixel, behind a
// branch that trains on bands drowned in noise.
//
// Paper: Li, Leng, Song, Liu, Li, Du, "MFormer: Taming Masked Transformer for Unsupervised Spectral
// Reconstruction", IEEE TGRS 61 (2023), doi 10.1109/TGRS.2023.3264976.
// Reference: SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/MFormer.py, MFormer;
// the authors' own repository has the same layers.
// Input: [B, inBands, H, W] in [0, 1].
// Output: [B, outBands, H, W], not clamped.
// Deviations: the band sort of the reference's tuple belongs to the paradigm, not to the network.
// The noise of the masking branch comes in training alone; the reference draws it in evaluation,
// too (option `noise`). Option `pixelOrder` is ours and off.
#include "models/registry.h"
#include "nn/band_sort.h"
#include "nn/conv.h"
#include "nn/layout.h"
#include "nn/module_list.h"
#include "nn/prenorm.h"
#include "nn/reflect_conv.h"
#include "nn/squeeze_excite.h"
#include "ops/pixel_attention.h"

namespace hyperlift {

namespace {

using nn::Conv;
using nn::ReflectConv;
using torch::nn::ModuleList;
using torch::nn::PReLU;

constexpr int64_t kHeads = 3;
constexpr int64_t kInnerBands = 31;  // of the masked representation, whatever comes out
constexpr int64_t kNoisyBands = 9;   // draws, three tenths of the bands

struct MFormerOptions {
  int64_t in_bands = 3;
  int64_t out_bands = 31;
  int64_t width = 48;
  int64_t unused_blocks = 1;
  std::string noise = "training";
  bool pixel_order = false;

  template <class Visitor>
  void visit(Visitor&& option) {
    option(in_bands, {"inBands", "inplanes", "bands of the input"});
    option(out_bands, {"outBands", "planes", "bands of the output"});
    option(width, {"width", "channels", "width of the features at full size, a multiple of 3"});
    option(unused_blocks, {"blocks", "n_DRBs", "nothing: the published network does not read it"});
    option(noise, {"noise",
                   "",
                   "when the masking branch draws its noise; always is as published",
                   {"training", "always", "never"}});
    option(pixel_order,
           {"pixelOrder", "",
            "attention puts its result back by pixel and channel. Off, as published, its memory is "
            "read in another order; weights trained one way do not work the other"});
  }
};

// Two reflected 3 x 3 with a PReLU between; `first` is the key of the first.
class ConvPairImpl : public torch::nn::Module {
 public:
  ConvPairImpl(int64_t in, int64_t middle, int64_t out, int64_t first = 0)
      : first_(in, middle), second_(middle, out) {
    register_module(std::to_string(first), first_);
    register_module(std::to_string(first + 1), relu_);
    register_module(std::to_string(first + 2), second_);
  }
  at::Tensor forward(const at::Tensor& x) {
    return second_(first_(x, Activation::prelu(relu_->weight)));
  }
  at::Tensor plus(const at::Tensor& x, const at::Tensor& addend) {
    return second_->plus(first_(x, Activation::prelu(relu_->weight)), addend);
  }

 private:
  ReflectConv first_;
  PReLU relu_;
  ReflectConv second_;
};
TORCH_MODULE(ConvPair);

// The heads of a pixel are mixed by what their values have in common, then channels attend to
// channels. In the reference `convv` computes a result that is replaced by the values themselves,
// which are then added to themselves; `rescale` is not read.
class PixelAttentionImpl : public torch::nn::Module {
 public:
  PixelAttentionImpl(int64_t channels, bool pixel_order)
      : order_(pixel_order ? PixelOrder::pixels : PixelOrder::published) {
    register_parameter("rescale", torch::ones({kHeads, 1, 1}));
    to_q = register_module("to_q", without_bias(channels));
    to_k = register_module("to_k", without_bias(channels));
    to_v = register_module("to_v", without_bias(channels));
    proj = register_module("proj", torch::nn::Linear(channels, channels));
    register_module("convv", nn::pointwise_conv(channels, channels));
  }

  // x, skip: [B, N, C] -> skip + the attention of x
  at::Tensor forward(const at::Tensor& x, const at::Tensor& skip) {
    const auto weight = at::cat({to_q->weight, to_k->weight, to_v->weight * 2});
    return skip + proj(pixel_attention(at::linear(x, weight), order_));
  }

 private:
  static torch::nn::Linear without_bias(int64_t channels) {
    return torch::nn::Linear(torch::nn::LinearOptions(channels, channels).bias(false));
  }

  PixelOrder order_;
  torch::nn::Linear to_q{nullptr};
  torch::nn::Linear to_k{nullptr};
  torch::nn::Linear to_v{nullptr};
  torch::nn::Linear proj{nullptr};
};
TORCH_MODULE(PixelAttention);

// Two layers of attention (one in the encoder, TE; two in the decoder, TD) and feed-forward.
class TransformerImpl : public torch::nn::Module {
 public:
  TransformerImpl(int64_t channels, int attentions, bool pixel_order) {
    auto layers = register_module("layers", ModuleList());
    for (int i = 0; i < 2; ++i) {
      ModuleList layer;
      auto& own = layers_.emplace_back();
      for (int j = 0; j < attentions; ++j) {
        own.attentions.push_back(
            std::make_shared<Attention>(channels, PixelAttention(channels, pixel_order)));
        layer->push_back(own.attentions.back());
      }
      own.forward = std::make_shared<Forward>(channels, nn::LeakyFeedForward(channels));
      layer->push_back(own.forward);
      layers->push_back(layer);
    }
  }

  at::Tensor forward(const at::Tensor& image) {  // [B, C, h, w]
    auto x = nn::to_rows(image);
    for (const auto& layer : layers_) {
      for (const auto& attention : layer.attentions) x = attention->forward(x);
      x = layer.forward->forward(x);
    }
    return nn::to_image(x, image.size(2), image.size(3));
  }

 private:
  using Attention = nn::ResidualNorm<PixelAttention>;
  using Forward = nn::ResidualNorm<nn::LeakyFeedForward>;
  struct Layer {
    std::vector<std::shared_ptr<Attention>> attentions;
    std::shared_ptr<Forward> forward;
  };
  std::vector<Layer> layers_;
};
TORCH_MODULE(Transformer);

torch::nn::ConvTranspose2d doubling_conv(int64_t in, int64_t out) {
  return torch::nn::ConvTranspose2d(
      torch::nn::ConvTranspose2dOptions(in, out, 4).stride(2).padding(1));
}

class MFormer : public Network {
 public:
  explicit MFormer(const MFormerOptions& options) : noise_(options.noise) {
    if (options.width < 24 || options.width % kHeads != 0) {
      fail("MODEL_OPTION", "network mformer: option width is ", options.width,
           ", expected a multiple of 3, of at least 24 (three heads, and an eighth in SE)");
    }
    const int64_t c = options.width;
    const auto pair = [&](const char* name, int64_t in, int64_t middle, int64_t out,
                          int64_t first = 0) {
      return register_module(name, ConvPair(in, middle, out, first));
    };
    const auto transformer = [&](const char* name, int64_t channels, int attentions) {
      return register_module(name, Transformer(channels, attentions, options.pixel_order));
    };
    reshape0 = pair("reshape0", options.in_bands, kInnerBands, kInnerBands);
    mask = pair("mask", kInnerBands, kInnerBands, kInnerBands, 1);
    reshape1 = pair("reshape1", kInnerBands, c, c);
    te0 = transformer("TE0", c, 1);
    se0 = register_module("SE0", nn::SqueezeExcite(c, 8));
    down_sample_1 = register_module("down_sample_1", nn::halving_conv(c, 2 * c));
    te1 = transformer("TE1", 2 * c, 1);
    up_sample_1 = register_module("up_sample_1", doubling_conv(2 * c, c));
    down_sample_2 = register_module("down_sample_2", nn::halving_conv(2 * c, 4 * c));
    te2 = transformer("TE2", 4 * c, 1);
    up_sample_2 = register_module("up_sample_2", doubling_conv(4 * c, 2 * c));
    reshape2 = pair("reshape2", 3 * c, c, c);
    td1 = transformer("TD1", c, 2);
    td2 = transformer("TD2", c, 2);
    refine1 = pair("refine1", c, c, c);
    reshape3 = pair("reshape3", c, c, options.out_bands);
    register_module("sort", nn::BandSort());
  }

  at::Tensor forward(const at::Tensor& x) override {  // H and W multiples of 4
    const auto bands = reshape0(x.contiguous(at::MemoryFormat::ChannelsLast));
    const auto features = reshape1(at::add(bands, mask(with_noise(bands)), 0.1));
    const auto half = down_sample_1(features);
    const auto from_quarter = up_sample_2(te2(down_sample_2(half)));
    const auto first = up_sample_1(from_quarter);
    const auto second = up_sample_1(te1(half + from_quarter));  // the same weights once more
    const auto full = at::addcmul(second, features, se0->gate(features));
    const auto third = features + te0(full);
    const auto decoded = td2(td1(reshape2(at::cat({first, second, third}, 1))));
    return reshape3(refine1(decoded + full));
  }

 private:
  // |normal| noise on the bands that nine draws name; they may name one twice.
  at::Tensor with_noise(const at::Tensor& bands) const {
    if (noise_ == "never" || (noise_ == "training" && !is_training())) return bands;
    const auto drawn = at::randint(kInnerBands, {kNoisyBands}, bands.options().dtype(at::kLong));
    const auto chosen = at::zeros({kInnerBands, 1, 1}, bands.options()).index_fill(0, drawn, 1.0);
    return at::addcmul(bands, at::randn_like(bands).abs(), chosen);
  }

  std::string noise_;
  ConvPair reshape0{nullptr};
  ConvPair mask{nullptr};
  ConvPair reshape1{nullptr};
  Transformer te0{nullptr};
  nn::SqueezeExcite se0{nullptr};
  Conv down_sample_1{nullptr};
  Transformer te1{nullptr};
  torch::nn::ConvTranspose2d up_sample_1{nullptr};
  Conv down_sample_2{nullptr};
  Transformer te2{nullptr};
  torch::nn::ConvTranspose2d up_sample_2{nullptr};
  ConvPair reshape2{nullptr};
  Transformer td1{nullptr};
  Transformer td2{nullptr};
  ConvPair refine1{nullptr};
  ConvPair reshape3{nullptr};
};

HYPERLIFT_MODEL(
    "mformer", MFormer, MFormerOptions,
    ModelFacts{
        .task = "spectral",
        .title = "MFormer",
        .year = 2023,
        .paper = "Li, Leng, Song, Liu, Li, Du: MFormer: Taming Masked Transformer for Unsupervised "
                 "Spectral Reconstruction, IEEE TGRS 2023",
        .reference = "SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/MFormer.py, "
                     "MFormer",
        .size = {.multiple = 4, .minimum = 4},
        .size_dependent = true,
        .unused = {"*.layers.*.*.fn.fn.rescale", "*.layers.*.*.fn.fn.convv.weight",
                   "sort.conv.weight"},
        .presets = {{"published", {{"noise", std::string("always")}}}}})

}  // namespace

}  // namespace hyperlift
