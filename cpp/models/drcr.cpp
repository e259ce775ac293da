// DRCR-Net: densely connected residual blocks of convolutions with channel re-calibration, behind a
// purification of the features at three scales.
//
// Paper: Li, Du, Wu, Leng, Song, Li, "DRCR Net: Dense Residual Channel Re-calibration Network with
//   Non-local Purification for Spectral Super Resolution", CVPRW (NTIRE) 2022.
// Reference: SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/DRCR.py, AWAN (the file
//   kept that name); the authors' own is jojolee6513/DRCR-net@224cbca, train/DRCR.py, DRCR.
// Input: [B, inBands, H, W] in [0, 1].
// Output: [B, outBands, H, W], not clamped.
// Deviations: the band sort of the reference's tuple belongs to the paradigm, not to the network;
//   sizes that 4 does not divide, which fail in the reference, are padded; the widths are those of
//   the training scripts, not the class's defaults (200 and 8).
#include "models/registry.h"
#include "nn/band_sort.h"
#include "nn/conv.h"
#include "nn/reflect_conv.h"
#include "nn/squeeze_excite.h"

namespace hyperlift {

namespace {

using nn::Conv;
using nn::ReflectConv;
using torch::nn::PReLU;

struct DRCROptions {
  int64_t in_bands = 3;
  int64_t out_bands = 31;
  int64_t width = 100;
  int64_t blocks = 10;

  template <class Visitor>
  void visit(Visitor&& option) {
    option(in_bands, {"inBands", "inplanes", "bands of the input"});
    option(out_bands, {"outBands", "planes", "bands of the output"});
    option(width, {"width", "channels", "width of the features, at least 8"});
    option(blocks, {"blocks", "n_DRBs", "number of blocks"});
  }
};

constexpr int64_t kReduction = 8;  // of the channels in a re-calibration

Activation leaky() { return Activation::leaky_relu(0.2); }

Conv conv(int64_t in, int64_t out, int64_t kernel) {
  return Conv(torch::nn::Conv2dOptions(in, out, kernel).padding(kernel / 2));
}

at::Tensor enlarge(const at::Tensor& x, int64_t factor) {
  return at::upsample_bilinear2d(x, {x.size(2) * factor, x.size(3) * factor},
                                 /*align_corners=*/false);
}

// NPM, the non-local purification: the same layers see the features at full, half and quarter size.
class PurificationImpl : public torch::nn::Module {
 public:
  explicit PurificationImpl(int64_t width) {
    conv0_33 = register_module("conv0_33", conv(width, width, 3));
    conv0_11 = register_module("conv0_11", conv(width, width, 1));
    conv_0_cat = register_module("conv_0_cat", conv(2 * width, width, 3));
    conv2_33 = register_module("conv2_33", conv(width, width, 3));
    conv2_11 = register_module("conv2_11", conv(width, width, 1));
    conv_2_cat = register_module("conv_2_cat", conv(2 * width, width, 3));
    // In the checkpoint, never used: the quarter size goes through the layers of the half size.
    register_module("conv4_33", conv(width, width, 3));
    register_module("conv4_11", conv(width, width, 1));
    conv_4_cat = register_module("conv_4_cat", conv(2 * width, width, 3));
    conv_cat = register_module("conv_cat", conv(3 * width, width, 3));
  }

  at::Tensor forward(const at::Tensor& x) {  // [B, C, H, W], H and W multiples of 4
    const auto half = at::avg_pool2d(x, {2, 2});
    const auto quarter = at::avg_pool2d(half, {2, 2});
    const auto full = conv_0_cat(at::cat({conv0_33(x), conv0_11(x)}, 1), leaky());
    const auto at_half = conv_2_cat(at::cat({conv2_33(half), conv2_11(half)}, 1), leaky());
    const auto at_quarter = conv_4_cat(at::cat({conv2_33(quarter), conv2_11(quarter)}, 1), leaky());
    const auto all = at::cat({full, enlarge(at_half, 2), enlarge(at_quarter, 4)}, 1);
    return x + conv_cat(all, leaky());
  }

 private:
  Conv conv0_33{nullptr};
  Conv conv0_11{nullptr};
  Conv conv_0_cat{nullptr};
  Conv conv2_33{nullptr};
  Conv conv2_11{nullptr};
  Conv conv_2_cat{nullptr};
  Conv conv_4_cat{nullptr};
  Conv conv_cat{nullptr};
};
TORCH_MODULE(Purification);

// 3 x 3 and LeakyReLU; the key is `conv2d`.
class LeakyConvImpl : public torch::nn::Module {
 public:
  LeakyConvImpl(int64_t in, int64_t out) { conv2d = register_module("conv2d", conv(in, out, 3)); }
  at::Tensor forward(const at::Tensor& x) { return conv2d(x, leaky()); }
  at::Tensor of_both(const at::Tensor& a, const at::Tensor& b) {
    return forward(at::cat({a, b}, 1));
  }

 private:
  Conv conv2d{nullptr};
};
TORCH_MODULE(LeakyConv);

// DRCR block: three layers down, three up again, each of these beside the output of its mirror
// image; the innermost beside the re-calibrated input.
class DenseBlockImpl : public torch::nn::Module {
 public:
  explicit DenseBlockImpl(int64_t width) {
    conv1 = register_module("conv1", LeakyConv(width, width));
    conv2 = register_module("conv2", LeakyConv(width, width));
    conv3 = register_module("conv3", LeakyConv(width, width));
    conv4 = register_module("conv4", LeakyConv(2 * width, width));
    conv5 = register_module("conv5", LeakyConv(2 * width, width));
    conv6 = register_module("conv6", LeakyConv(2 * width, width));
    se1 = register_module("se1", nn::SqueezeExcite(width, kReduction));
    se2 = register_module("se2", nn::SqueezeExcite(width, kReduction));
  }

  at::Tensor forward(const at::Tensor& x) {  // [B, C, H, W]
    const auto x1 = conv1(x);
    const auto x2 = conv2(x1);
    const auto calibrated = se1(x);
    const auto x4 = conv4->of_both(conv3(x2), calibrated);
    const auto x6 = conv6->of_both(x1, conv5->of_both(x2, x4));
    return at::addcmul(x6, calibrated, se2->gate(calibrated));
  }

 private:
  LeakyConv conv1{nullptr};
  LeakyConv conv2{nullptr};
  LeakyConv conv3{nullptr};
  LeakyConv conv4{nullptr};
  LeakyConv conv5{nullptr};
  LeakyConv conv6{nullptr};
  nn::SqueezeExcite se1{nullptr};
  nn::SqueezeExcite se2{nullptr};
};
TORCH_MODULE(DenseBlock);

class DRCR : public Network {
 public:
  explicit DRCR(const DRCROptions& options) {
    if (options.width < kReduction) {
      fail("MODEL_OPTION", "network drcr: option width is ", options.width, ", expected at least ",
           kReduction, " (an eighth of it is used)");
    }
    const int64_t width = options.width;
    input_conv = register_module("input_conv2D", ReflectConv(options.in_bands, width));
    input_prelu = register_module("input_prelu2D", PReLU());
    head_conv = register_module("head_conv2D", ReflectConv(width, width));
    purification = register_module("denosing", Purification(width));  // the authors' spelling
    auto backbone = register_module("backbone", torch::nn::ModuleList());
    for (int64_t i = 0; i < options.blocks; ++i) {
      blocks_.emplace_back(width);
      backbone->push_back(blocks_.back());
    }
    tail_conv = register_module("tail_conv2D", ReflectConv(width, width));
    output_prelu = register_module("output_prelu2D", PReLU());
    output_conv = register_module("output_conv2D", ReflectConv(width, options.out_bands));
    register_module("sort", nn::BandSort());
  }

  at::Tensor forward(const at::Tensor& x) override {
    const auto in = input_conv(x.contiguous(at::MemoryFormat::ChannelsLast),
                               Activation::prelu(input_prelu->weight));
    auto out = purification(head_conv(in));
    for (auto& block : blocks_) out = block(out);
    return output_conv(tail_conv(out, Activation::prelu(output_prelu->weight)));
  }

 private:
  ReflectConv input_conv{nullptr};
  PReLU input_prelu{nullptr};
  ReflectConv head_conv{nullptr};
  Purification purification{nullptr};
  std::vector<DenseBlock> blocks_;
  ReflectConv tail_conv{nullptr};
  PReLU output_prelu{nullptr};
  ReflectConv output_conv{nullptr};
};

HYPERLIFT_MODEL("drcr", DRCR, DRCROptions,
                ModelFacts{.task = "spectral",
                           .title = "DRCR-Net",
                           .year = 2022,
                           .paper = "Li, Du, Wu, Leng, Song, Li: DRCR Net: Dense Residual Channel "
                                    "Re-calibration Network with Non-local Purification for "
                                    "Spectral Super Resolution, CVPRW (NTIRE) 2022",
                           .reference = "SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, "
                                        "architecture_spe/DRCR.py, AWAN",
                           .size = {.multiple = 4},
                           .unused = {"denosing.conv4_33.weight", "denosing.conv4_33.bias",
                                      "denosing.conv4_11.weight", "denosing.conv4_11.bias",
                                      "sort.conv.weight"}})

}  // namespace

}  // namespace hyperlift
