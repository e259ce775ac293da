// ERCSR: 3-D convolutions split into those of two dimensions, alternating with 2-D ones of the
// bands.
//
// Paper: Li, Wang, Li, "Exploring the Relationship Between 2D/3D Convolution for Hyperspectral
// Image
//   Super-Resolution", IEEE TGRS 59(10):8693-8703, 2021.
// Reference: qianngli/ERCSR@5da637a, model.py, ERCSR.
// Input: [B, L, H, W] in [0, 1].
// Output: [B, L, scale H, scale W], not clamped.
// Deviations: the means of the bands, constants of the reference's code, are a buffer (option
//   bandMean), so that any number of bands works. They are not taken from the enlarged input and
//   given back to it, which cancels.
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

struct ERCSROptions {
  int64_t scale = 4;
  int64_t bands = 31;
  int64_t width = 64;
  int64_t blocks = 4;
  int64_t units = 2;
  std::string band_mean = "auto";
  bool zero_start = false;

  template <class Visitor>
  void visit(Visitor&& option) {
    option(scale, {"scale", "upscale_factor", "factor of enlargement"});
    option(bands, {"bands", "n_colors", "bands of the cubes"});
    option(width, {"width", "n_feats", "width of the features"});
    option(blocks, {"blocks", "n_E_HCM", "number of modules"});
    option(units, {"units", "n_twoUint", "2-D residual units of a module"});
    option(band_mean, {"bandMean", "", nn::kBandMeanDoc, nn::band_mean_choices()});
    option(zero_start, {"zeroStart", "", nn::kZeroStartDoc});
  }
};

// twoUint of the reference: a residual block of each band by itself.
class BandUnitImpl : public torch::nn::Module {
 public:
  explicit BandUnitImpl(int64_t width)
      : first_(register_module("conv1", nn::normed_conv(width, width, 3))),
        second_(register_module("conv2", nn::normed_conv(width, width, 3))) {}

  at::Tensor forward(const at::Tensor& x) {  // [B * L, C, H, W]
    return second_->plus(first_(x, 1, Activation::relu()), x);
  }

 private:
  NormedConv first_;
  NormedConv second_;
};
TORCH_MODULE(BandUnit);

// E_HCM of the reference: a convolution of rows and columns, then those of bands and rows and of
// bands and columns side by side, then the units.
class HybridModuleImpl : public torch::nn::Module {
 public:
  HybridModuleImpl(int64_t width, int64_t units)
      : spatial_(register_module("conv1", nn::spatial_conv(width, width))),
        bands_and_rows_(
            register_module("conv2", NormedConv(width, width, std::vector<int64_t>{3, 3, 1}))),
        bands_and_columns_(
            register_module("conv3", NormedConv(width, width, std::vector<int64_t>{3, 1, 3}))) {
    auto body = register_module("twoD_body", ModuleList());
    for (int64_t i = 0; i < units; ++i) {
      units_.emplace_back(width);
      body->push_back(units_.back());
    }
  }

  at::Tensor forward(const at::Tensor& x, int64_t bands) {  // [B * L, C, H, W]
    const auto spatial = spatial_(x, bands, Activation::relu());
    const auto along = bands_and_columns_->plus(spatial, bands_and_rows_(spatial, bands), bands);
    auto out = along;
    for (auto& unit : units_) out = unit(out);
    return nn::add_to(along, x) + out;
  }

 private:
  NormedConv spatial_;
  NormedConv bands_and_rows_;
  NormedConv bands_and_columns_;
  std::vector<BandUnit> units_;
};
TORCH_MODULE(HybridModule);

class ERCSR : public SpatialNetwork {
 public:
  explicit ERCSR(const ERCSROptions& options)
      : scale_(options.scale),
        gamma_(register_parameter("gamma", at::ones({options.blocks}))),
        mean_(
            register_buffer("band_mean", nn::band_mean("ercsr", options.band_mean, options.bands))),
        first_(nn::spatial_conv(1, options.width)),
        first_along_bands_(nn::band_conv(options.width, options.width)),
        reduce_(options.blocks * options.width, options.width, std::vector<int64_t>{1, 1, 1}),
        merge_(reduce_, gamma_),
        last_(nn::spatial_conv(options.width, options.width)),
        last_along_bands_(nn::band_conv(options.width, options.width)),
        tail_(options.width, options.scale,
              std::vector<NormedConv>{nn::spatial_conv(options.width, options.width),
                                      nn::band_conv(options.width, 1)}) {
    register_module("head", nn::module_list(first_, first_along_bands_));
    auto body = register_module("body", ModuleList());
    for (int64_t i = 0; i < options.blocks; ++i) {
      blocks_.emplace_back(options.width, options.units);
      body->push_back(blocks_.back());
    }
    register_module("reduceD", reduce_);
    register_module("end", nn::module_list(last_, last_along_bands_));
    register_module("tail", tail_);
    if (auto last = tail_->last(); options.zero_start) last->start_at_zero();
  }

  at::Tensor upscale(const at::Tensor& x, const at::Tensor& /*enlarged*/) override {
    const int64_t bands = x.size(1);
    // [B, L, H, W] -> [B * L, 1, H, W]
    const auto centred = (x - mean_.view({-1, 1, 1})).flatten(0, 1).unsqueeze(1);
    const auto features = first_along_bands_(first_(centred, bands), bands);
    std::vector<at::Tensor> kept;
    auto out = features;
    for (auto& block : blocks_) {
      out = block(out, bands);
      kept.push_back(out);
    }
    out = last_along_bands_->plus(last_(merge_(kept), bands), features, bands);
    const std::vector<int64_t> size = {scale_ * x.size(2), scale_ * x.size(3)};
    return tail_(out, bands) + at::upsample_nearest2d(x, size);
  }

 private:
  int64_t scale_;
  at::Tensor gamma_;  // [blocks]
  at::Tensor mean_;   // [L]
  NormedConv first_, first_along_bands_;
  std::vector<HybridModule> blocks_;
  NormedConv reduce_;
  nn::WeightedMerge merge_;
  NormedConv last_, last_along_bands_;
  nn::CubeTail tail_;
};

HYPERLIFT_MODEL("ercsr", ERCSR, ERCSROptions,
                ModelFacts{.task = "spatial",
                           .title = "ERCSR",
                           .year = 2021,
                           .paper = "Li, Wang, Li: Exploring the Relationship Between 2D/3D "
                                    "Convolution for Hyperspectral Image Super-Resolution, IEEE "
                                    "TGRS 59(10):8693-8703, 2021",
                           .reference = "qianngli/ERCSR@5da637a, model.py, ERCSR",
                           .scales = {2, 3, 4, 8},
                           .optional_keys = {"band_mean"}})

}  // namespace

}  // namespace hyperlift
