// SUSR: four dense blocks side by side, each of which sees the image, their outputs summed.
//
// Paper: Zhu, Liu, Hou, Zeng, Zhang, "Semantic-embedded Unsupervised Spectral Reconstruction from
//   Single RGB Images in the Wild", ICCV 2021.
// Reference: SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, architecture_spe/model2021.py, reconnet:
//   the reconstruction network alone.
// Input: [B, inBands, H, W] in [0, 1].
// Output: [B, outBands, H, W], not clamped.
// Deviations: the band sort of the reference's tuple belongs to the paradigm, not to the network.
//   In the paper each later stage gets what the image is short of after degradation; in the
//   reference, and here, every stage gets the image.
#include "models/registry.h"
#include "nn/band_sort.h"
#include "nn/conv.h"
#include "nn/layout.h"
#include "nn/module_list.h"
#include "ops/dense_rows.h"

namespace hyperlift {

namespace {

using nn::Conv;
using torch::nn::ModuleList;

struct SUSROptions {
  int64_t in_bands = 3;
  int64_t out_bands = 31;
  int64_t width = 31;

  template <class Visitor>
  void visit(Visitor&& option) {
    option(in_bands, {"inBands", "", "bands of the input"});
    option(out_bands, {"outBands", "", "bands of the output"});
    option(width, {"width", "",
                   "width of a stage's first layer; each of the next four adds twice "
                   "as much"});
  }
};

constexpr int64_t kStages = 4;
constexpr int64_t kLayers = 5;

// BCR of the reference: a convolution under two names, `conv` and its place in `Module`.
class NamedConvImpl : public torch::nn::Module {
 public:
  NamedConvImpl(Conv layer, bool centred) : layer_(std::move(layer)) {
    register_module("conv", layer_);
    register_module("Module", centred ? nn::module_list(torch::nn::Identity(), layer_)
                                      : nn::module_list(layer_));
  }
  Conv& layer() { return layer_; }

 private:
  Conv layer_;
};
TORCH_MODULE(NamedConv);

// 1 x 1 over all that came before, ReLU, depthwise 3 x 3, ReLU; the last layer of a stage without
// ReLU. Centred layers take from each pixel, before either convolution, the mean of its channels.
class DenseLayerImpl : public torch::nn::Module {
 public:
  DenseLayerImpl(int64_t in, int64_t out, bool centred, bool last)
      : centred_(centred), then_(last ? Activation{} : Activation::relu()) {
    compress = register_module("compressLayer", NamedConv(nn::pointwise_conv(in, out), centred));
    act = register_module("actlayer", NamedConv(nn::depthwise_conv(out, 3), centred));
  }

  // -> [B, out, H, W], channels-last; shape: of the image, [B, C, H, W]
  at::Tensor forward(DenseRows& features, at::IntArrayRef shape) {
    auto rows = then_.in_place(features.product(compress_weight()));  // [B*H*W, out]
    if (centred_) rows = rows - rows.mean(1, /*keepdim=*/true);
    const auto image = rows.view({shape[0], shape[2], shape[3], -1}).permute({0, 3, 1, 2});
    return act->layer()(image, then_);
  }

 private:
  // W (x - mean x) = (W - mean W) x, so the pixels need not be centred for the 1 x 1.
  at::Tensor compress_weight() {
    const auto weight = compress->layer()->weight.flatten(1);  // [out, in]
    return centred_ ? weight - weight.mean(1, /*keepdim=*/true) : weight;
  }

  bool centred_;
  Activation then_;
  NamedConv compress{nullptr};
  NamedConv act{nullptr};
};
TORCH_MODULE(DenseLayer);

class StageImpl : public torch::nn::Module {
 public:
  StageImpl(const SUSROptions& options, bool first) : width_(options.width) {
    const auto up =
        Conv(torch::nn::Conv2dOptions(options.in_bands, options.width, 3).padding(1).bias(false));
    upconv = register_module("Upconv", NamedConv(up, /*centred=*/false));
    auto list = register_module("denselayers", ModuleList());
    for (int64_t i = 0; i < kLayers; ++i) {
      const bool last = i == kLayers - 1;
      const int64_t out = last ? options.out_bands : 2 * width_;
      layers_.emplace_back((2 * i + 1) * width_, out, /*centred=*/!first && !last, last);
      list->push_back(layers_.back());
    }
  }

  at::Tensor forward(const at::Tensor& x) {  // [B, inBands, H, W] -> [B, outBands, H, W]
    const auto rows = [](const at::Tensor& image) { return nn::to_rows(image).flatten(0, 1); };
    DenseRows features(rows(upconv->layer()(x)), (2 * kLayers - 1) * width_);
    for (int64_t i = 0; i < kLayers - 1; ++i)
      features.append(rows(layers_[i](features, x.sizes())));
    return layers_.back()(features, x.sizes());
  }

 private:
  int64_t width_;
  NamedConv upconv{nullptr};
  std::vector<DenseLayer> layers_;
};
TORCH_MODULE(Stage);

class SUSR : public Network {
 public:
  explicit SUSR(const SUSROptions& options) {
    if (options.width < 1) {
      fail("MODEL_OPTION", "network susr: option width is ", options.width,
           ", expected at least 1");
    }
    auto stages = register_module("stages", ModuleList());
    for (int64_t i = 0; i < kStages; ++i) {
      stages_.emplace_back(options, /*first=*/i == 0);
      stages->push_back(stages_.back());
    }
    register_module("sort", nn::BandSort());
  }

  at::Tensor forward(const at::Tensor& input) override {
    const auto x = input.contiguous(at::MemoryFormat::ChannelsLast);
    auto sum = stages_.front()(x);
    for (size_t i = 1; i < stages_.size(); ++i) sum = sum + stages_[i](x);
    return at::leaky_relu(sum, 0.001);
  }

 private:
  std::vector<Stage> stages_;
};

HYPERLIFT_MODEL("susr", SUSR, SUSROptions,
                ModelFacts{.task = "spectral",
                           .title = "SUSR",
                           .year = 2021,
                           .paper = "Zhu, Liu, Hou, Zeng, Zhang: Semantic-embedded Unsupervised "
                                    "Spectral Reconstruction from Single RGB Images in the Wild, "
                                    "ICCV 2021",
                           .reference = "SuperiorLeo/Uncertainty-guided-UnSSR@a441a9e, "
                                        "architecture_spe/model2021.py, reconnet",
                           .unused = {"sort.conv.weight"}})

}  // namespace

}  // namespace hyperlift
