// HDNet: two chains of residual blocks, and between them attention over pixels and channels (SDL)
// and a light fusion of four groups of channels (EFF).
//
// Paper: Hu, Cai, Lin, Wang, Yuan, Zhang, Timofte, Van Gool, "HDNet: High-resolution Dual-domain
// Learning for Spectral Compressive Imaging", CVPR 2022, arXiv 2203.02149.
// Reference: SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/HDNet.py, HDNet; first
// published in caiyuanhao1998/MST-plus-plus@18e2032, train_code/architecture/HDNet.py.
// Input: [B, inBands, H, W] in [0, 1].
// Output: [B, outBands, H, W], not clamped.
// Deviations: the band sort of the reference's tuple belongs to the paradigm, not to the network.
// The loss in the frequency domain that the paper trains with is not part of the network.
#include "models/registry.h"
#include "nn/band_sort.h"
#include "nn/conv.h"
#include "nn/layout.h"
#include "nn/module_list.h"

namespace hyperlift {

namespace {

using nn::Conv;
using torch::nn::ModuleList;

constexpr int64_t kWidth = 48;
constexpr int64_t kBlocks = 32;
constexpr int64_t kGroups = 4;

struct HDNetOptions {
  int64_t in_bands = 3;
  int64_t out_bands = 31;

  template <class Visitor>
  void visit(Visitor&& option) {
    option(in_bands, {"inBands", "in_ch", "bands of the input"});
    option(out_bands, {"outBands", "out_ch", "bands of the output"});
  }
};

Conv conv3(int64_t in, int64_t out) {
  return Conv(torch::nn::Conv2dOptions(in, out, 3).padding(1));
}

class ResidualImpl : public torch::nn::Module {
 public:
  ResidualImpl() : first_(conv3(kWidth, kWidth)), second_(conv3(kWidth, kWidth)) {
    register_module("body", nn::module_list(first_, torch::nn::ReLU(), second_));
  }
  at::Tensor forward(const at::Tensor& x) {
    return second_->plus(first_(x, Activation::relu()), x);
  }

 private:
  Conv first_;
  Conv second_;
};
TORCH_MODULE(Residual);

// SDL: one gate a channel and one gate a pixel, each from an average that a softmax over the pixels
// or the pixels' mean weights. The reference calls the gate of the channels spatial and that of the
// pixels spectral; the keys say right and left. All its layers are linear and act on channels, so
// the averages are taken before them and no map of half the channels is ever made.
class SDLAttentionImpl : public torch::nn::Module {
 public:
  SDLAttentionImpl() {
    conv_q_right = layer("conv_q_right", kWidth, 1);
    conv_v_right = layer("conv_v_right", kWidth, kWidth / 2);
    conv_up = register_module("conv_up", nn::pointwise_conv(kWidth / 2, kWidth));
    conv_q_left = layer("conv_q_left", kWidth, kWidth / 2);
    conv_v_left = layer("conv_v_left", kWidth, kWidth / 2);
  }

  at::Tensor forward(const at::Tensor& image) {  // [B, C, H, W]
    const auto x = nn::to_rows(image);
    const auto gates = channel_gate(x) + pixel_gate(x);  // [B, 1, C] + [B, N, 1]
    return nn::to_image(x * gates, image.size(2), image.size(3));
  }

 private:
  Conv layer(const char* name, int64_t in, int64_t out) {
    auto conv = register_module(name, nn::pointwise_conv(in, out));
    torch::nn::init::kaiming_normal_(conv->weight);
    return conv;
  }
  // [out, in, 1, 1] -> [in, out]
  static at::Tensor matrix(const Conv& conv) { return conv->weight.flatten(1).t(); }

  at::Tensor channel_gate(const at::Tensor& x) const {
    const auto shares = at::softmax(x.matmul(matrix(conv_q_right)), 1);  // [B, N, 1]
    const auto mean = shares.mT().matmul(x);                             // [B, 1, C]
    return at::sigmoid(mean.matmul(matrix(conv_v_right)).matmul(matrix(conv_up)));
  }

  // A softmax and then a sigmoid: where pixels are many the gate is near a half everywhere.
  at::Tensor pixel_gate(const at::Tensor& x) const {
    const auto mean = x.mean(1, /*keepdim=*/true).matmul(matrix(conv_q_left));  // [B, 1, C/2]
    const auto query = matrix(conv_v_left).matmul(mean.mT());                   // [B, C, 1]
    return at::sigmoid(at::softmax(x.matmul(query), 1));
  }

  Conv conv_q_right{nullptr};
  Conv conv_v_right{nullptr};
  Conv conv_up{nullptr};
  Conv conv_q_left{nullptr};
  Conv conv_v_left{nullptr};
};
TORCH_MODULE(SDLAttention);

// DSC: one attention map for a group of channels. Batch normalisation, whose momentum of 0.9
// means that the newest batch counts nine tenths.
class DSCImpl : public torch::nn::Module {
 public:
  explicit DSCImpl(int64_t channels) {
    conv_dws = register_module(
        "conv_dws", Conv(torch::nn::Conv2dOptions(channels, channels, 1).groups(channels)));
    bn_dws = register_module("bn_dws", norm(channels));
    conv_point = register_module("conv_point", Conv(torch::nn::Conv2dOptions(channels, 1, 1)));
    bn_point = register_module("bn_point", norm(1));
  }

  at::Tensor forward(const at::Tensor& x) {  // [B, C, H, W]
    const auto scaled = at::relu(bn_dws(conv_dws(x)));
    const auto peaks = at::max_pool2d(scaled, 3, 1, 1);
    const auto logits = at::relu(bn_point(conv_point(peaks)));  // [B, 1, H, W]
    const auto map = at::softmax(logits.flatten(1), 1).view_as(logits);
    return at::addcmul(x, x, map);
  }

 private:
  static torch::nn::BatchNorm2d norm(int64_t channels) {
    return torch::nn::BatchNorm2d(torch::nn::BatchNorm2dOptions(channels).momentum(0.9));
  }

  Conv conv_dws{nullptr};
  torch::nn::BatchNorm2d bn_dws{nullptr};
  Conv conv_point{nullptr};
  torch::nn::BatchNorm2d bn_point{nullptr};
};
TORCH_MODULE(DSC);

class EFFImpl : public torch::nn::Module {
 public:
  EFFImpl() {
    subspaces = register_module("subspaces", ModuleList());
    for (int64_t i = 0; i < kGroups; ++i) {
      groups_.emplace_back(kWidth / kGroups);
      subspaces->push_back(groups_.back());
    }
  }

  at::Tensor forward(const at::Tensor& x) {
    auto parts = x.chunk(kGroups, 1);
    for (size_t i = 0; i < parts.size(); ++i) parts[i] = groups_[i](parts[i]);
    return at::cat(parts, 1);
  }

 private:
  ModuleList subspaces{nullptr};
  std::vector<DSC> groups_;
};
TORCH_MODULE(EFF);

class HDNet : public Network {
 public:
  explicit HDNet(const HDNetOptions& options)
      : head_(conv3(options.in_bands, kWidth)),
        last_(conv3(kWidth, kWidth)),
        tail_(conv3(kWidth, options.out_bands)) {
    register_module("head", nn::module_list(head_));
    auto body = register_module("body", ModuleList());
    for (int64_t i = 0; i < kBlocks; ++i) body->push_back(before_.emplace_back());
    body->push_back(attention_);
    body->push_back(fusion_);
    for (int64_t i = 1; i < kBlocks; ++i) body->push_back(after_.emplace_back());
    body->push_back(last_);
    register_module("tail", nn::module_list(tail_));
    register_module("sort", nn::BandSort());
  }

  at::Tensor forward(const at::Tensor& x) override {
    const auto features = head_(x.contiguous(at::MemoryFormat::ChannelsLast));
    auto out = features;
    for (auto& block : before_) out = block(out);
    out = fusion_(attention_(out));
    for (auto& block : after_) out = block(out);
    return tail_(last_->plus(out, features));
  }

 private:
  Conv head_;
  std::vector<Residual> before_;
  SDLAttention attention_;
  EFF fusion_;
  std::vector<Residual> after_;
  Conv last_;
  Conv tail_;
};

HYPERLIFT_MODEL(
    "hdnet", HDNet, HDNetOptions,
    ModelFacts{
        .task = "spectral",
        .title = "HDNet",
        .year = 2022,
        .paper = "Hu, Cai, Lin, Wang, Yuan, Zhang, Timofte, Van Gool: HDNet: High-resolution "
                 "Dual-domain Learning for Spectral Compressive Imaging, CVPR 2022",
        .reference =
            "SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/HDNet.py, HDNet",
        .unused = {"sort.conv.weight"}})

}  // namespace

}  // namespace hyperlift
