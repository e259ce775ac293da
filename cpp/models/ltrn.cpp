// LTRN: features as sums of rank-one tensors, whose three vectors come from attention along
// channels, height and width.
//
// Paper: Dian, Liu, Li, "Spectral Super-Resolution via Deep Low-Rank Tensor Representation", IEEE
//   TNNLS 2024.
// Reference: SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/LTRN.py,
//   UDoubleTransformerCP3; the authors' own is renweidian/LTRN@8f560ac, LTRN.py.
// Input: [B, inBands, H, W] in [0, 1], H and W up to imageHeight and imageWidth.
// Output: [B, outBands, H, W], not clamped.
// Deviations: the band sort of the reference's tuple belongs to the paradigm, not to the network;
//   smaller images are padded; any number of rank-one blocks and any width of the features (the
//   reference's constructor has arguments for both, its layers are for 3 and 32).
#include "models/registry.h"
#include "nn/band_sort.h"
#include "nn/conv.h"
#include "nn/layout.h"
#include "nn/module_list.h"
#include "nn/spectral_attention.h"

namespace hyperlift {

namespace {

using nn::Conv;
using torch::nn::LayerNorm;
using torch::nn::Linear;

struct LTRNOptions {
  int64_t in_bands = 3;
  int64_t out_bands = 31;
  int64_t image_height = 128;
  int64_t image_width = 128;
  int64_t width = 32;
  int64_t heads = 4;
  int64_t rank = 3;
  std::string vectors = "RTGB3";
  int64_t stage = 1;

  template <class Visitor>
  void visit(Visitor&& option) {
    option(in_bands, {"inBands", "c_in", "bands of the input"});
    option(out_bands, {"outBands", "c_out", "bands of the output"});
    option(image_height, {"imageHeight", "w_in",
                          "height that the layers are made for, a multiple of 4 and of twice the "
                          "heads"});
    option(image_width, {"imageWidth", "h_in", "width that the layers are made for, the same"});
    option(width, {"width", "cp_in_c", "width of the features, even and a multiple of the heads"});
    option(heads, {"heads", "heads_num", "heads of each attention"});
    option(rank, {"rank", "rtgb_num", "rank-one blocks in a CP block"});
    option(vectors, {"vectors",
                     "rtgb_method",
                     "how a direction's features become one vector: pooled by average and maximum "
                     "(RTGB1), by learned weights for each position (RTGB2), by attention (RTGB3)",
                     {"RTGB1", "RTGB2", "RTGB3"}});
    option(stage, {"stage", "stage", "of no effect, as in the reference, whose calls name it"});
  }
};

Activation leaky() { return Activation::leaky_relu(0.2); }

Conv conv3(int64_t in, int64_t out) {
  return Conv(torch::nn::Conv2dOptions(in, out, 3).padding(1).bias(false));
}

Conv conv3_with_bias(int64_t in, int64_t out) {
  return Conv(torch::nn::Conv2dOptions(in, out, 3).padding(1));
}

torch::nn::ConvTranspose2d doubling(int64_t width) {
  return torch::nn::ConvTranspose2d(torch::nn::ConvTranspose2dOptions(width, width, 2).stride(2));
}

// What turns the features of one direction, [B, D, a, b], into its vector, [B, D] in (0, 1).
class VectorImpl : public torch::nn::Module {
 public:
  virtual at::Tensor forward(const at::Tensor& x) = 0;
};

// Two layers with nothing between them and a sigmoid.
struct Excitation {
  Conv narrow;
  Conv widen;

  explicit Excitation(int64_t size)
      : narrow(torch::nn::Conv2dOptions(size, size / 2, 1)),
        widen(torch::nn::Conv2dOptions(size / 2, size, 1)) {}
  torch::nn::ModuleList layers() const {
    return nn::module_list(narrow, widen, torch::nn::Sigmoid());
  }
  at::Tensor operator()(const at::Tensor& x) {  // [B, D, 1, n]
    return widen(narrow(x), Activation::sigmoid());
  }
};

// RTGB1
class PooledVectorImpl : public VectorImpl {
 public:
  explicit PooledVectorImpl(int64_t size) : shared_(size), last_(size) {
    register_module("conv_share", shared_.layers());
    register_module("conv", last_.layers());
  }
  at::Tensor forward(const at::Tensor& x) override {
    const auto pooled = at::stack({x.mean({2, 3}), x.amax({2, 3})}, 2).unsqueeze(2);
    return last_(shared_(pooled).sum(3, /*keepdim=*/true)).flatten(1);
  }

 private:
  Excitation shared_;
  Excitation last_;
};

// RTGB2
class WeightedVectorImpl : public VectorImpl {
 public:
  WeightedVectorImpl(int64_t size, int64_t height, int64_t width) : last_(size) {
    rtgb_depthwise = register_module(
        "rtgb_depthwise",
        torch::nn::Conv2d(torch::nn::Conv2dOptions(size, size, {height, width}).groups(size)));
    register_module("conv", last_.layers());
  }
  at::Tensor forward(const at::Tensor& x) override {
    const auto sums = (x * rtgb_depthwise->weight.squeeze(1)).sum({2, 3}) + rtgb_depthwise->bias;
    return last_(sums.unsqueeze(-1).unsqueeze(-1)).flatten(1);
  }

 private:
  torch::nn::Conv2d rtgb_depthwise{nullptr};
  Excitation last_;
};

// RTGB3
class AttendedVectorImpl : public VectorImpl {
 public:
  explicit AttendedVectorImpl(int64_t size)
      : narrow_(torch::nn::LinearOptions(size, size / 2).bias(false)),
        widen_(torch::nn::LinearOptions(size / 2, size).bias(false)) {
    conv = register_module("conv", nn::pointwise_conv(size, 1));
    register_module("fc", nn::module_list(narrow_, prelu_, widen_, torch::nn::Sigmoid()));
  }
  at::Tensor forward(const at::Tensor& x) override {
    const auto weights = at::softmax(nn::to_rows(conv(x)), 1);         // [B, a*b, 1]
    const auto mean = nn::to_rows(x).mT().matmul(weights).squeeze(2);  // [B, D]
    return at::sigmoid(widen_(prelu_(narrow_(mean))));
  }

 private:
  Conv conv{nullptr};
  Linear narrow_;
  torch::nn::PReLU prelu_;
  Linear widen_;
};

// Attention along one direction of a feature tensor, and the direction's vector.
struct Direction {
  nn::SpectralAttention attention;
  Conv mix;
  LayerNorm norm_in;
  LayerNorm norm_out;
  std::shared_ptr<VectorImpl> vector;

  // size: of the direction; height, width: of the other two
  Direction(const LTRNOptions& options, int64_t size, int64_t height, int64_t width)
      : attention(nn::SpectralAttentionOptions{.channels = size,
                                               .heads = options.heads,
                                               .head_width = size / options.heads,
                                               .dense_positions = true}),
        mix(nn::pointwise_conv(size, size)),
        norm_in(torch::nn::LayerNormOptions({size})),
        norm_out(torch::nn::LayerNormOptions({size})) {
    if (options.vectors == "RTGB1") {
      vector = std::make_shared<PooledVectorImpl>(size);
    } else if (options.vectors == "RTGB2") {
      vector = std::make_shared<WeightedVectorImpl>(size, height, width);
    } else {
      vector = std::make_shared<AttendedVectorImpl>(size);
    }
  }

  at::Tensor operator()(const at::Tensor& x) {  // [B, a, b, D] -> [B, D]
    const auto z = norm_in(x).flatten(1, 2);    // [B, a*b, D]
    const auto attended = norm_out(attention(z, x.size(1), x.size(2), at::Tensor()));
    return vector->forward(mix(nn::to_image(attended + z, x.size(1), x.size(2)), leaky()));
  }
};

// The rank-one block: the outer product of three vectors, the size of its input.
class RankOneImpl : public torch::nn::Module {
 public:
  RankOneImpl(const LTRNOptions& options, int64_t height, int64_t width)
      : channels_(options, options.width, width, height),
        rows_(options, height, options.width, width),
        columns_(options, width, height, options.width) {
    // The authors call our height w and our width h.
    register_module("msa_c", nn::module_list(channels_.attention));
    register_module("msa_h", nn::module_list(columns_.attention));
    register_module("msa_w", nn::module_list(rows_.attention));
    register_module("conv_c", nn::module_list(channels_.mix));
    register_module("conv_w", nn::module_list(rows_.mix));
    register_module("conv_h", nn::module_list(columns_.mix));
    register_module("layernorm_c0", channels_.norm_in);
    register_module("layernorm_w0", rows_.norm_in);
    register_module("layernorm_h0", columns_.norm_in);
    register_module("layernorm_c", channels_.norm_out);
    register_module("layernorm_w", rows_.norm_out);
    register_module("layernorm_h", columns_.norm_out);
    register_module("rtgb_c1", channels_.vector);
    register_module("rtgb_h1", columns_.vector);
    register_module("rtgb_w1", rows_.vector);
  }

  at::Tensor forward(const at::Tensor& x) {              // [B, C, H, W]
    const auto c = channels_(x.permute({0, 3, 2, 1}));   // [B, W, H, C] -> [B, C]
    const auto h = rows_(x.permute({0, 1, 3, 2}));       // [B, C, W, H] -> [B, H]
    const auto w = columns_(x.permute({0, 2, 1, 3}));    // [B, H, C, W] -> [B, W]
    const auto plane = h.unsqueeze(2) * w.unsqueeze(1);  // [B, H, W]
    return (plane.unsqueeze(3) * c.unsqueeze(1).unsqueeze(1)).permute({0, 3, 1, 2});
  }

 private:
  Direction channels_;
  Direction rows_;
  Direction columns_;
};
TORCH_MODULE(RankOne);

// DRTLM: rank-one tensors, each of what the ones before it left over, mixed by a convolution.
class LowRankImpl : public torch::nn::Module {
 public:
  LowRankImpl(const LTRNOptions& options, int64_t height, int64_t width)
      : mix_(conv3_with_bias(options.rank * options.width, options.width)) {
    for (int64_t i = 0; i < options.rank; ++i) {
      blocks_.emplace_back(options, height, width);
      register_module("rtgb" + std::to_string(i + 1), blocks_.back());
    }
    register_module("conv", nn::module_list(mix_));
  }

  at::Tensor forward(const at::Tensor& x) {
    std::vector<at::Tensor> found;
    auto rest = x;
    for (auto& block : blocks_) {
      found.push_back(block(rest));
      if (found.size() < blocks_.size()) rest = rest - found.back();
    }
    return mix_(at::cat(found, 1));
  }

 private:
  std::vector<RankOne> blocks_;
  Conv mix_;
};
TORCH_MODULE(LowRank);

class ResidualImpl : public torch::nn::Module {
 public:
  explicit ResidualImpl(int64_t width)
      : first_(nn::pointwise_conv(width, width)),
        second_(conv3(width, width / 2)),
        third_(nn::pointwise_conv(width / 2, width / 2)),
        last_(nn::pointwise_conv(width / 2, width)) {
    register_module("conv1", nn::module_list(first_, torch::nn::ReLU()));
    register_module("conv2", nn::module_list(second_, torch::nn::ReLU()));
    register_module("conv3", nn::module_list(third_, torch::nn::LeakyReLU(), last_));
  }
  at::Tensor forward(const at::Tensor& x) {
    const auto narrow = second_(first_(x, Activation::relu()), Activation::relu());
    return last_->plus(third_(narrow, leaky()), x, leaky());
  }

 private:
  Conv first_;
  Conv second_;
  Conv third_;
  Conv last_;
};
TORCH_MODULE(Residual);

// CP block: features times their low-rank part.
class LowRankBlockImpl : public torch::nn::Module {
 public:
  LowRankBlockImpl(const LTRNOptions& options, int64_t height, int64_t width)
      : first_(conv3_with_bias(options.width, options.width)),
        second_(conv3_with_bias(options.width, options.width)) {
    register_module("conv", nn::module_list(first_, torch::nn::LeakyReLU(), second_));
    low_rank = register_module("transformer_DRTLM", LowRank(options, height, width));
    resnet = register_module("resnet", Residual(options.width));
  }
  at::Tensor forward(const at::Tensor& x) {
    const auto features = second_(first_(x, leaky()));
    return resnet(low_rank(features) * features);
  }

 private:
  Conv first_;
  Conv second_;
  LowRank low_rank{nullptr};
  Residual resnet{nullptr};
};
TORCH_MODULE(LowRankBlock);

// 3 x 3, LeakyReLU, 3 x 3, 3 x 3.
struct Tail {
  Conv first;
  Conv second;
  Conv third;

  Tail(int64_t width, int64_t out)
      : first(conv3(width, width)), second(conv3(width, width)), third(conv3(width, out)) {}
  torch::nn::ModuleList layers() const {
    return nn::module_list(first, torch::nn::LeakyReLU(), second, third);
  }
  at::Tensor operator()(const at::Tensor& x, const at::Tensor& addend) {
    return third->plus(second(first(x, leaky())), addend);
  }
};

// Down to a quarter of the size and back to half.
struct Bottleneck {
  Conv halve;
  Conv mix;
  Conv look;
  torch::nn::ConvTranspose2d back;

  explicit Bottleneck(int64_t width)
      : halve(nn::halving_conv(width, width)),
        mix(nn::pointwise_conv(width, width)),
        look(conv3(width, width)),
        back(doubling(width)) {}
  torch::nn::ModuleList layers() const {
    return nn::module_list(halve, mix, torch::nn::LeakyReLU(), look, torch::nn::LeakyReLU(), back);
  }
  at::Tensor operator()(const at::Tensor& x) { return back(look(mix(halve(x), leaky()), leaky())); }
};

class LTRN : public Network {
 public:
  explicit LTRN(const LTRNOptions& options)
      : bottleneck_(checked(options).width),
        reconstruct_(options.width, options.width),
        finish_(options.width, options.out_bands) {
    const int64_t width = options.width;
    const auto block = [&] {
      return LowRankBlock(options, options.image_height / 2, options.image_width / 2);
    };
    conv0 = register_module("conv0", conv3_with_bias(options.in_bands, width));
    conv00 = register_module("conv00", conv3_with_bias(options.in_bands, options.out_bands));
    conv_de = register_module("conv_de", nn::halving_conv(width, width));
    cp1 = register_module("cp1", block());
    register_module("bottleneck1", bottleneck_.layers());
    fusion1 = register_module("fusion1", nn::pointwise_conv(2 * width, width));
    cp2 = register_module("cp2", block());
    conv_up1 = register_module("conv_up1", doubling(width));
    conv_up2 = register_module("conv_up2", doubling(width));
    register_module("conv1", reconstruct_.layers());
    register_module("conv2", finish_.layers());
    conv1_fu = register_module("conv1_fu", nn::pointwise_conv(width, width));
    conv1_fu2 = register_module("conv1_fu2", nn::pointwise_conv(width, width));
    conv1_fu3 = register_module("conv1_fu3", nn::pointwise_conv(width, width));
    register_module("sort", nn::BandSort());
    initialise();
  }

  at::Tensor forward(const at::Tensor& input) override {
    const auto x = input.contiguous(at::MemoryFormat::ChannelsLast);
    const auto full = conv0(x);
    const auto first = cp1(conv_de(full));
    const auto second = cp2(fusion1(at::cat({bottleneck_(first), first}, 1)));
    const auto up = conv_up1(conv1_fu3(second)) + conv_up2(conv1_fu2(first));
    return finish_(reconstruct_(up, conv1_fu(full)), conv00(x));
  }

 private:
  static const LTRNOptions& checked(const LTRNOptions& options) {
    const auto refuse = [](const char* name, int64_t value, const char* expected) {
      fail("MODEL_OPTION", "network ltrn: option ", name, " is ", value, ", expected ", expected);
    };
    const int64_t heads = options.heads;
    if (heads < 1) refuse("heads", heads, "at least 1");
    if (options.rank < 1) refuse("rank", options.rank, "at least 1");
    if (options.width < heads || options.width % heads != 0 || options.width % 2 != 0) {
      refuse("width", options.width, "a positive even multiple of heads");
    }
    for (const auto& [name, side] : {std::pair{"imageHeight", options.image_height},
                                     std::pair{"imageWidth", options.image_width}}) {
      if (side < 1 || side % 4 != 0 || side % (2 * heads) != 0) {
        refuse(name, side, "a positive multiple of 4 and of twice the heads");
      }
    }
    return options;
  }

  // As the authors' training script does: Xavier's uniform for convolutions and linear layers.
  void initialise() {
    for (const auto& module : modules(false)) {
      if (auto* linear = module->as<torch::nn::LinearImpl>()) {
        torch::nn::init::xavier_uniform_(linear->weight);
      } else if (auto* conv = dynamic_cast<torch::nn::Conv2dImpl*>(module.get())) {
        if (conv->weight.requires_grad()) torch::nn::init::xavier_uniform_(conv->weight);
      }
    }
  }

  Conv conv0{nullptr};
  Conv conv00{nullptr};
  Conv conv_de{nullptr};
  LowRankBlock cp1{nullptr};
  Bottleneck bottleneck_;
  Conv fusion1{nullptr};
  LowRankBlock cp2{nullptr};
  torch::nn::ConvTranspose2d conv_up1{nullptr};
  torch::nn::ConvTranspose2d conv_up2{nullptr};
  Tail reconstruct_;
  Tail finish_;
  Conv conv1_fu{nullptr};
  Conv conv1_fu2{nullptr};
  Conv conv1_fu3{nullptr};
};

HYPERLIFT_MODEL("ltrn", LTRN, LTRNOptions,
                ModelFacts{
                    .task = "spectral",
                    .title = "LTRN",
                    .year = 2024,
                    .paper = "Dian, Liu, Li: Spectral Super-Resolution via Deep Low-Rank Tensor "
                             "Representation, IEEE TNNLS 2024",
                    .reference = "SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, "
                                 "architecture_spe/LTRN.py, UDoubleTransformerCP3",
                    .size = {.multiple = 8, .minimum = 8, .fixed = true},
                    .unused = {"sort.conv.weight"},
                    .presets = {{"rtgb1", {{"vectors", std::string("RTGB1")}}},
                                {"rtgb2", {{"vectors", std::string("RTGB2")}}}}})

}  // namespace

}  // namespace hyperlift
