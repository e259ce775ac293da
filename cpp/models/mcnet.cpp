// MCNet: separable 3-D convolutions along a cube, 2-D convolutions of its bands beside them.
//
// Paper: Li, Wang, Li, "Mixed 2D/3D Convolutional Network for Hyperspectral Image
//   Super-Resolution", Remote Sensing 12(10):1660, 2020.
// Reference: qianngli/MCNet@dff2921, model.py, MCNet.
// Input: [B, L, H, W] in [0, 1].
// Output: [B, L, scale H, scale W], not clamped.
// Deviations: the means of the bands, constants of the reference's code, are a buffer (option
//   bandMean), so that any number of bands works.
#include "models/registry.h"
#include "nn/band_mean.h"
#include "nn/cube_tail.h"
#include "nn/module_list.h"
#include "nn/normed_conv.h"
#include "nn/weighted_merge.h"

namespace hyperlift {

namespace {

using nn::NormedConv;
using torch::nn::ModuleList;

struct MCNetOptions {
  int64_t scale = 4;
  int64_t bands = 31;
  int64_t width = 64;
  int64_t units = 1;
  std::string band_mean = "auto";

  template <class Visitor>
  void visit(Visitor&& option) {
    option(scale, {"scale", "upscale_factor", "factor of enlargement"});
    option(bands, {"bands", "n_colors", "bands of the cubes"});
    option(width, {"width", "n_feats", "width of the features"});
    option(units, {"units", "n_conv", "separable convolutions in a row in each residual step"});
    option(band_mean, {"bandMean", "", nn::kBandMeanDoc, nn::band_mean_choices()});
  }
};

constexpr int64_t kModules = 4;
constexpr int64_t kSteps = 3;  // residual steps of a module

// The layer as `conv` of a module of its own (the reference's BasicConv3d).
std::shared_ptr<torch::nn::Module> as_conv(const NormedConv& layer) {
  auto module = std::make_shared<torch::nn::Module>();
  module->register_module("conv", layer);
  return module;
}

// S3Dblock: 1 x 3 x 3, ReLU, 3 x 1 x 1, ReLU.
class SeparableConvImpl : public torch::nn::Module {
 public:
  explicit SeparableConvImpl(int64_t width)
      : spatial_(nn::spatial_conv(width, width)), along_bands_(nn::band_conv(width, width)) {
    auto conv = register_module("conv", ModuleList());
    conv->push_back(as_conv(spatial_));
    conv->push_back(as_conv(along_bands_));
  }

  at::Tensor forward(const at::Tensor& x, int64_t bands) {  // [B * L, C, H, W]
    return along_bands_(spatial_(x, bands, Activation::relu()), bands, Activation::relu());
  }

 private:
  NormedConv spatial_;
  NormedConv along_bands_;
};
TORCH_MODULE(SeparableConv);

// Two 2-D convolutions with a ReLU between, of each band by itself.
class BandwiseImpl : public torch::nn::Module {
 public:
  explicit BandwiseImpl(int64_t width)
      : first_(nn::normed_conv(width, width, 3)), second_(nn::normed_conv(width, width, 3)) {
    register_module("0", first_);
    register_module("2", second_);
  }

  at::Tensor forward(const at::Tensor& x) { return second_(first_(x, 1, Activation::relu())); }

 private:
  NormedConv first_;
  NormedConv second_;
};
TORCH_MODULE(Bandwise);

// One residual step along the cube, and the 2-D branch that its result goes through.
struct Step {
  std::vector<SeparableConv> units;
  Bandwise bandwise;
};

// The module SSRM of the reference (class Block), figure 2 of the paper.
class MixedModuleImpl : public torch::nn::Module {
 public:
  MixedModuleImpl(int64_t width, int64_t units)
      : gamma_(register_parameter("gamma", at::ones({kSteps}))),
        reduce_(kSteps * width, width, std::vector<int64_t>{1, 1, 1}),
        merge_(reduce_, gamma_),
        last_(width) {
    for (int64_t k = 1; k <= kSteps; ++k) {
      steps_.push_back({.units = {}, .bandwise = Bandwise(width)});
      auto block = register_module("Block" + std::to_string(k), ModuleList());
      for (int64_t i = 0; i < units; ++i) {
        steps_.back().units.emplace_back(width);
        block->push_back(steps_.back().units.back());
      }
    }
    register_module("reduceF", as_conv(reduce_));
    register_module("Conv", last_);
    for (int64_t k = 1; k <= kSteps; ++k) {
      register_module("conv" + std::to_string(k), steps_[k - 1].bandwise);
    }
  }

  at::Tensor forward(const at::Tensor& x, int64_t bands) {  // [B * L, C, H, W]
    std::vector<at::Tensor> branches;
    auto along = x;
    for (auto& [units, bandwise] : steps_) {
      auto out = along;
      for (auto& unit : units) out = unit(out, bands);
      along = nn::add_to(out, along);
      branches.push_back(bandwise(along));
    }
    return last_(nn::add_to(merge_(branches, Activation::relu()), x), bands);
  }

 private:
  at::Tensor gamma_;
  NormedConv reduce_;
  nn::WeightedMerge merge_;
  SeparableConv last_;
  std::vector<Step> steps_;
};
TORCH_MODULE(MixedModule);

class MCNet : public SpatialNetwork {
 public:
  explicit MCNet(const MCNetOptions& options)
      : head_(1, options.width, std::vector<int64_t>{3, 3, 3}),
        tail_(
            options.width, options.scale,
            std::vector<NormedConv>{NormedConv(options.width, 1, std::vector<int64_t>{3, 3, 3})}) {
    mean_ = register_buffer("band_mean", nn::band_mean("mcnet", options.band_mean, options.bands));
    register_module("head", head_);
    for (int64_t k = 1; k <= kModules; ++k) {
      modules_.emplace_back(options.width, options.units);
      register_module("SSRM" + std::to_string(k), modules_.back());
    }
    register_module("tail", tail_);
  }

  at::Tensor upscale(const at::Tensor& x, const at::Tensor& /*enlarged*/) override {
    const int64_t bands = x.size(1);
    const auto mean = mean_.view({-1, 1, 1});
    // [B, L, H, W] -> [B * L, 1, H, W]
    const auto features = head_((x - mean).flatten(0, 1).unsqueeze(1), bands);
    auto out = features;
    for (auto& module : modules_) out = nn::add_to(module(out, bands), features);
    return tail_(out, bands) + mean;
  }

 private:
  at::Tensor mean_;  // [L]
  NormedConv head_;
  std::vector<MixedModule> modules_;
  nn::CubeTail tail_;
};

HYPERLIFT_MODEL("mcnet", MCNet, MCNetOptions,
                ModelFacts{.task = "spatial",
                           .title = "MCNet",
                           .year = 2020,
                           .paper = "Li, Wang, Li: Mixed 2D/3D Convolutional Network for "
                                    "Hyperspectral Image Super-Resolution, Remote Sensing "
                                    "12(10):1660, 2020",
                           .reference = "qianngli/MCNet@dff2921, model.py, MCNet",
                           .scales = {2, 3, 4, 8},
                           .optional_keys = {"band_mean"}})

}  // namespace

}  // namespace hyperlift
