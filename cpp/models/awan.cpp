// AWAN: dual residual blocks with channel attention over weighted averages, and a non-local stage
// on each quarter of the cube.
//
// Paper: Li, Wu, Song, Li, Liu, "Adaptive Weighted Attention Network with Camera Spectral
//   Sensitivity Prior for Spectral Reconstruction from RGB Images", CVPRW (NTIRE) 2020,
//   arXiv 2005.09305.
// Reference: SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/AWAN.py, AWAN.
// Input: [B, inBands, H, W] in [0, 1].
// Output: [B, outBands, H, W], not clamped.
// Deviations: the band sort of the reference's tuple belongs to the paradigm, not to the network;
//   below 8 output bands, where the reference's non-local stage has no channels left, it has one.
#include "models/registry.h"
#include "nn/band_sort.h"
#include "nn/conv.h"
#include "nn/layout.h"
#include "nn/module_list.h"
#include "nn/reflect_conv.h"

namespace hyperlift {

namespace {

using nn::Conv;
using nn::ReflectConv;
using torch::nn::ModuleList;
using torch::nn::PReLU;

struct AWANOptions {
  int64_t in_bands = 3;
  int64_t out_bands = 31;
  int64_t width = 90;
  int64_t blocks = 8;

  template <class Visitor>
  void visit(Visitor&& option) {
    option(in_bands, {"inBands", "inplanes", "bands of the input"});
    option(out_bands, {"outBands", "planes", "bands of the output"});
    option(width, {"width", "channels", "width of the features, at least 16"});
    option(blocks, {"blocks", "n_DRBs", "number of dual residual attention blocks"});
  }
};

// AWCA: each channel is scaled by what the averages of all channels say; the average over the
// pixels is weighted by a softmax.
class ChannelAttentionImpl : public torch::nn::Module {
 public:
  explicit ChannelAttentionImpl(int64_t channels)
      : squeeze_(without_bias(channels, channels / 16)),
        excite_(without_bias(channels / 16, channels)) {
    conv = register_module("conv", nn::pointwise_conv(channels, 1));
    register_module("fc", nn::module_list(squeeze_, prelu_, excite_));
  }

  at::Tensor forward(const at::Tensor& x) {
    const auto rows = nn::to_rows(x);                                                // [B, H*W, C]
    const auto weights = at::softmax(at::linear(rows, conv->weight.flatten(1)), 1);  // [B, H*W, 1]
    const auto mean = weights.mT().matmul(rows);                                     // [B, 1, C]
    const auto gate = at::sigmoid(excite_(at::prelu(squeeze_(mean), prelu_->weight)));
    return x * gate.mT().unsqueeze(-1);  // [B, C, 1, 1]
  }

 private:
  static torch::nn::Linear without_bias(int64_t in, int64_t out) {
    return torch::nn::Linear(torch::nn::LinearOptions(in, out).bias(false));
  }

  Conv conv{nullptr};
  torch::nn::Linear squeeze_;
  PReLU prelu_;
  torch::nn::Linear excite_;
};
TORCH_MODULE(ChannelAttention);

// DRAB: the features x and a second chain r of residuals, each handed on to the next block.
class DualResidualBlockImpl : public torch::nn::Module {
 public:
  explicit DualResidualBlockImpl(int64_t width) {
    conv1 = register_module("conv1", ReflectConv(width, width));
    relu1 = register_module("relu1", PReLU());
    conv2 = register_module("conv2", ReflectConv(width, width));
    relu2 = register_module("relu2", PReLU());
    up_conv = register_module("up_conv", ReflectConv(width, width, 5));
    up_relu = register_module("up_relu", PReLU());
    se = register_module("se", ChannelAttention(width));
    down_conv = register_module("down_conv", ReflectConv(width, width));
    down_relu = register_module("down_relu", PReLU());
  }

  void forward(at::Tensor& x, at::Tensor& r) {
    const auto a = conv2->plus(conv1(x, then(relu1)), x, then(relu2));
    r = up_conv->plus(a, r, then(up_relu));  // handed on as it is before the attention
    x = down_conv->plus(se(r), x, then(down_relu));
  }

 private:
  static Activation then(const PReLU& relu) { return Activation::prelu(relu->weight); }

  ReflectConv conv1{nullptr};
  PReLU relu1{nullptr};
  ReflectConv conv2{nullptr};
  PReLU relu2{nullptr};
  ReflectConv up_conv{nullptr};
  PReLU up_relu{nullptr};
  ChannelAttention se{nullptr};
  ReflectConv down_conv{nullptr};
  PReLU down_relu{nullptr};
};
TORCH_MODULE(DualResidualBlock);

// Second-order non-local attention: a pixel looks at all pixels of its quarter. Only the left
// factor of the product is centred, over the c inner channels.
class NonLocalImpl : public torch::nn::Module {
 public:
  explicit NonLocalImpl(int64_t bands) : inner_(std::max<int64_t>(bands / 8, 1)) {
    g = register_module("g", nn::pointwise_conv(bands, inner_));
    W = register_module("W", nn::pointwise_conv(inner_, bands));
    theta = register_module("theta", nn::pointwise_conv(bands, inner_));
    const torch::NoGradGuard no_grad;
    W->weight.zero_();  // the stage begins as the identity
  }

  at::Tensor forward(const at::Tensor& x) {  // [B, C, H, W], H and W at least 2
    const auto both = at::cat({theta->weight, g->weight}).flatten(1);
    const auto inner = nn::to_image(at::linear(nn::to_rows(x), both), x.size(2), x.size(3));
    const int64_t top = x.size(2) / 2;
    const int64_t left = x.size(3) / 2;
    const auto upper = inner.slice(2, 0, top);
    const auto lower = inner.slice(2, top);
    const auto row = [&](const at::Tensor& half) {
      return at::cat({attend(half.slice(3, 0, left)), attend(half.slice(3, left))}, 3);
    };
    return W->plus(at::cat({row(upper), row(lower)}, 2), x);
  }

 private:
  // softmax(T0 T^T / c) G. The [M, M] map has rank c before its softmax: the fused attention makes
  // it in blocks and never stores it.
  at::Tensor attend(const at::Tensor& quarter) const {    // [B, 2 c, h, w] -> [B, c, h, w]
    const auto rows = nn::to_rows(quarter).unsqueeze(1);  // [B, 1, M, 2 c]
    const auto keys = rows.slice(3, 0, inner_);
    const auto queries = keys - keys.mean(3, /*keepdim=*/true);
    const double scale = 1.0 / static_cast<double>(inner_);
    const auto seen = at::scaled_dot_product_attention(
        fit(queries), fit(keys), fit(rows.slice(3, inner_)), {}, 0.0, false, scale);
    return nn::to_image(seen.squeeze(1).slice(2, 0, inner_), quarter.size(2), quarter.size(3));
  }

  // The fused kernels of CUDA take widths that are multiples of 8.
  at::Tensor fit(const at::Tensor& t) const {
    return t.is_cuda() ? at::constant_pad_nd(t, {0, (8 - inner_ % 8) % 8}) : t;
  }

  int64_t inner_;
  Conv g{nullptr};
  Conv W{nullptr};
  Conv theta{nullptr};
};
TORCH_MODULE(NonLocal);

class AWAN : public Network {
 public:
  explicit AWAN(const AWANOptions& options) {
    if (options.width < 16) {
      fail("MODEL_OPTION", "network awan: option width is ", options.width,
           ", expected at least 16 (a sixteenth of it is used)");
    }
    input_conv2D = register_module("input_conv2D", ReflectConv(options.in_bands, options.width));
    input_prelu2D = register_module("input_prelu2D", PReLU());
    head_conv2D = register_module("head_conv2D", ReflectConv(options.width, options.width));
    auto backbone = register_module("backbone", ModuleList());
    for (int64_t i = 0; i < options.blocks; ++i) {
      blocks_.emplace_back(options.width);
      backbone->push_back(blocks_.back());
    }
    tail_conv2D = register_module("tail_conv2D", ReflectConv(options.width, options.width));
    output_prelu2D = register_module("output_prelu2D", PReLU());
    output_conv2D = register_module("output_conv2D", ReflectConv(options.width, options.out_bands));
    auto tail_nonlocal = register_module("tail_nonlocal", std::make_shared<torch::nn::Module>());
    non_local = tail_nonlocal->register_module("non_local", NonLocal(options.out_bands));
    register_module("sort", nn::BandSort());
  }

  at::Tensor forward(const at::Tensor& image) override {
    const auto first = input_conv2D(image.contiguous(at::MemoryFormat::ChannelsLast),
                                    Activation::prelu(input_prelu2D->weight));
    const auto head = head_conv2D(first);
    auto x = head;
    auto r = head;
    for (auto& block : blocks_) block->forward(x, r);
    const auto tail = tail_conv2D->plus(x, head, Activation::prelu(output_prelu2D->weight));
    return non_local(output_conv2D(tail));
  }

 private:
  ReflectConv input_conv2D{nullptr};
  PReLU input_prelu2D{nullptr};
  ReflectConv head_conv2D{nullptr};
  std::vector<DualResidualBlock> blocks_;
  ReflectConv tail_conv2D{nullptr};
  PReLU output_prelu2D{nullptr};
  ReflectConv output_conv2D{nullptr};
  NonLocal non_local{nullptr};
};

HYPERLIFT_MODEL(
    "awan", AWAN, AWANOptions,
    ModelFacts{
        .task = "spectral",
        .title = "AWAN",
        .year = 2020,
        .paper =
            "Li, Wu, Song, Li, Liu: Adaptive Weighted Attention Network with Camera Spectral "
            "Sensitivity Prior for Spectral Reconstruction from RGB Images, CVPRW (NTIRE) 2020",
        .reference = "SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/AWAN.py, AWAN",
        .size = {.minimum = 3},
        .unused = {"sort.conv.weight"},
        .presets = {{"toolbox", {{"width", int64_t{96}}}}, {"paper", {{"width", int64_t{200}}}}}})

}  // namespace

}  // namespace hyperlift
