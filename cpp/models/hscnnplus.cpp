// HSCNN+ (dense variant): blocks of two parallel convolution paths, fused to a few feature maps
// that every later block sees.
//
// Paper: Shi, Chen, Xiong, Liu, Wu, "HSCNN+: Advanced CNN-Based Hyperspectral Recovery from RGB
//   Images", CVPRW (NTIRE) 2018.
// Reference: SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/HSCNN_Plus.py,
//   HSCNN_Plus; the same in caiyuanhao1998/MST-plus-plus@18e2032.
// Input: [B, inBands, H, W] in [0, 1].
// Output: [B, outBands, H, W], not clamped.
// Deviations: none.
#include "models/registry.h"
#include "nn/conv.h"
#include "nn/layout.h"
#include "ops/dense_rows.h"

namespace hyperlift {

namespace {

using nn::Conv;
using torch::nn::ModuleList;

constexpr int64_t kGrowth = 32;         // feature maps that a block adds
constexpr int64_t kSqueezed = 128;      // width within a block
constexpr int64_t kStem = 4 * kGrowth;  // width of the first features

struct HSCNNPlusOptions {
  int64_t in_bands = 3;
  int64_t out_bands = 31;
  int64_t blocks = 16;

  template <class Visitor>
  void visit(Visitor&& option) {
    option(in_bands, {"inBands", "in_channels", "bands of the input"});
    option(out_bands, {"outBands", "out_channels", "bands of the output"});
    option(blocks, {"blocks", "num_blocks", "number of dense blocks"});
  }
};

Conv conv(int64_t in, int64_t out, int64_t kernel) {
  return Conv(torch::nn::Conv2dOptions(in, out, kernel).padding(kernel / 2).bias(false));
}

// A convolution whose weight is put together from those of the network.
class MergedConv {
 public:
  MergedConv(std::vector<at::Tensor> sources, std::function<at::Tensor()> weight,
             int64_t padding = 0)
      : layer_{.sources = std::move(sources),
               .weight = std::move(weight),
               .shape = {.padding = padding}} {}

  at::Tensor operator()(const at::Tensor& x, const Activation& then) {
    if (FusedConv::serves(x)) return fused_(x, layer_, then);
    return then.in_place(apply(x));
  }
  at::Tensor plus(const at::Tensor& x, const at::Tensor& addend, const Activation& then) {
    if (FusedConv::serves(x)) return fused_(x, layer_, then, addend);
    return then.in_place(apply(x) + addend);
  }

 private:
  at::Tensor apply(const at::Tensor& x) const {
    return at::conv2d(x, layer_.weight(), {}, 1, layer_.shape.padding);
  }

  ConvLayer layer_;
  FusedConv fused_;
};

// Both paths at once: a 3 x 3 and a 1 x 1 convolution up, the same down. The 3 x 3 ones read one
// image and are one convolution; so are the 1 x 1 ones, each of which reads its own half.
class DualPathImpl : public torch::nn::Module {
 public:
  DualPathImpl(int64_t in, int64_t width)
      : up1_(conv(in, kGrowth, 3)),
        up2_(conv(kGrowth, width, 1)),
        down1_(conv(in, kGrowth, 3)),
        down2_(conv(kGrowth, width, 1)),
        wide_(
            {up1_->weight, down1_->weight},
            [this] {
              return at::cat({up1_->weight, down1_->weight});
            },
            1),
        pointwise_({up2_->weight, down2_->weight}, [this] {
          const auto both = at::block_diag({up2_->weight.flatten(1), down2_->weight.flatten(1)});
          return both.unsqueeze(-1).unsqueeze(-1);
        }) {}

  // [B, C, H, W] -> [B, 2*32, H, W] of the 3 x 3, [B, 2*width, H, W] of the 1 x 1: up, then down
  std::pair<at::Tensor, at::Tensor> paths(const at::Tensor& x) {
    auto first = wide_(x, Activation::relu());
    auto second = pointwise_(first, Activation::relu());
    return {std::move(first), std::move(second)};
  }

 protected:
  void register_paths() {
    register_module("conv_up1", up1_);
    register_module("conv_up2", up2_);
    register_module("conv_down1", down1_);
    register_module("conv_down2", down2_);
  }

 private:
  Conv up1_, up2_, down1_, down2_;
  MergedConv wide_;
  MergedConv pointwise_;
};

// dfus_block of the reference; figure 5 of the paper draws it with paths of two shapes.
class FusionBlockImpl : public DualPathImpl {
 public:
  explicit FusionBlockImpl(int64_t in)
      : DualPathImpl(kSqueezed, kGrowth / 2),
        squeeze_(conv(in, kSqueezed, 1)),
        fuse_(conv(3 * kGrowth, kGrowth, 1)),
        fuse_first_({fuse_->weight}, [this] { return columns(0, kGrowth); }),
        fuse_second_({fuse_->weight}, [this] { return columns(kGrowth, kGrowth / 2); }) {
    register_module("conv1", squeeze_);
    register_paths();
    register_module("conv_fution", fuse_);
  }

  // The features of the blocks before, an image of `size` -> [B, 32, H, W]
  at::Tensor forward(DenseRows& features, at::IntArrayRef size) {
    const auto rows = Activation::relu().in_place(features.product(squeeze_->weight.flatten(1)));
    const auto image = rows.view({size[0], size[2], size[3], kSqueezed}).permute({0, 3, 1, 2});
    const auto [first, second] = paths(image);
    return fuse_second_.plus(second, fuse_first_(first, {}), Activation::relu());
  }

 private:
  // The weight's part for one of the two stages: the reference joins up 3 x 3, up 1 x 1, down 3 x
  // 3, down 1 x 1.
  at::Tensor columns(int64_t start, int64_t length) const {
    const auto& weight = fuse_->weight;
    const int64_t down = start + 3 * kGrowth / 2;
    return at::cat({weight.narrow(1, start, length), weight.narrow(1, down, length)}, 1);
  }

  Conv squeeze_;
  Conv fuse_;
  MergedConv fuse_first_;
  MergedConv fuse_second_;
};
TORCH_MODULE(FusionBlock);

// ddfn of the reference: the first features, then dense blocks.
class DenseNetworkImpl : public DualPathImpl {
 public:
  DenseNetworkImpl(int64_t in_bands, int64_t blocks) : DualPathImpl(in_bands, kGrowth) {
    register_paths();
    auto list = register_module("dfus_blocks", ModuleList());
    for (int64_t i = 0; i < blocks; ++i) {
      blocks_.emplace_back(width());
      list->push_back(blocks_.back());
    }
  }

  int64_t width() const { return kStem + kGrowth * static_cast<int64_t>(blocks_.size()); }

  DenseRows forward(const at::Tensor& x) {  // [B, inBands, H, W] -> B*H*W rows
    const auto [first, second] = paths(x);
    const auto half = [](const at::Tensor& t, int64_t i) {
      return t.narrow(1, i * kGrowth, kGrowth);
    };
    const auto stem =
        at::cat({half(first, 0), half(second, 0), half(first, 1), half(second, 1)}, 1);
    DenseRows features(rows_of(stem), width());
    for (auto& block : blocks_) features.append(rows_of(block(features, x.sizes())));
    return features;
  }

 private:
  static at::Tensor rows_of(const at::Tensor& image) {  // [B, C, H, W] -> [B*H*W, C]
    return nn::to_rows(image).flatten(0, 1);
  }

  std::vector<FusionBlock> blocks_;
};
TORCH_MODULE(DenseNetwork);

class HSCNNPlus : public Network {
 public:
  explicit HSCNNPlus(const HSCNNPlusOptions& options)
      : ddfn(options.in_bands, options.blocks),
        conv_out(conv(ddfn->width(), options.out_bands, 1)) {
    register_module("ddfn", ddfn);
    register_module("conv_out", conv_out);
  }

  at::Tensor forward(const at::Tensor& x) override {
    auto features = ddfn(x.contiguous(at::MemoryFormat::ChannelsLast));
    const auto rows = features.product(conv_out->weight.flatten(1));
    return rows.view({x.size(0), x.size(2), x.size(3), -1}).permute({0, 3, 1, 2});
  }

 private:
  DenseNetwork ddfn;
  Conv conv_out;
};

HYPERLIFT_MODEL("hscnnplus", HSCNNPlus, HSCNNPlusOptions,
                ModelFacts{.task = "spectral",
                           .title = "HSCNN+",
                           .year = 2018,
                           .paper = "Shi, Chen, Xiong, Liu, Wu: HSCNN+: Advanced CNN-Based "
                                    "Hyperspectral Recovery from RGB Images, CVPRW (NTIRE) 2018",
                           .reference = "SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, "
                                        "architecture_spe/HSCNN_Plus.py, HSCNN_Plus",
                           .optional_keys = {},
                           .presets = {{"toolbox", {{"blocks", int64_t{30}}}}}})

}  // namespace

}  // namespace hyperlift
