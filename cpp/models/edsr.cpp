// EDSR for cubes: residual blocks of two convolutions at low resolution, all bands as channels,
// then pixel shuffles.
//
// Paper: Lim, Son, Kim, Nah, Lee, "Enhanced Deep Residual Networks for Single Image
//   Super-Resolution", CVPRW 2017, arXiv 1707.02921.
// Reference: sanghyun-son/EDSR-PyTorch, src/model/edsr.py, EDSR (baseline); its blocks also in
//   junjun-jiang/SSPSR@6200c7c, common.py.
// Input: [B, bands, H, W] in [0, 1].
// Output: [B, bands, scale H, scale W], not clamped.
// Deviations: bands in place of the three colours, and no shift by a mean colour, as hyperspectral
//   comparisons use it.
#include "models/registry.h"
#include "nn/conv.h"
#include "nn/module_list.h"
#include "nn/residual_block.h"
#include "nn/shuffle_upsampler.h"

namespace hyperlift {

namespace {

using nn::Conv;
using nn::conv3;
using torch::nn::ModuleList;

struct SpatialEDSROptions {
  int64_t scale = 4;
  int64_t bands = 31;
  int64_t width = 64;
  int64_t blocks = 16;
  double residual_scale = 1.0;

  template <class Visitor>
  void visit(Visitor&& option) {
    option(scale, {"scale", "scale", "factor of height and width"});
    option(bands, {"bands", "n_colors", "bands of the cube"});
    option(width, {"width", "n_feats", "width of the features"});
    option(blocks, {"blocks", "n_resblocks", "number of residual blocks"});
    option(residual_scale, {"residualScale", "res_scale", "factor of each block's residual"});
  }
};

class SpatialEDSR : public SpatialNetwork {
 public:
  explicit SpatialEDSR(const SpatialEDSROptions& options)
      : head_(conv3(options.bands, options.width)),
        last_(conv3(options.width, options.width)),
        upsampler_(options.width, options.scale),
        tail_(conv3(options.width, options.bands)) {
    register_module("head", nn::module_list(head_));
    auto body = register_module("body", ModuleList());
    for (int64_t i = 0; i < options.blocks; ++i) {
      blocks_.emplace_back(options.width, options.residual_scale);
      body->push_back(blocks_.back());
    }
    body->push_back(last_);
    register_module("tail", nn::module_list(upsampler_, tail_));
  }

  at::Tensor upscale(const at::Tensor& x, const at::Tensor& /*enlarged*/) override {
    const auto features = head_(x.contiguous(at::MemoryFormat::ChannelsLast));
    auto out = features;
    for (auto& block : blocks_) out = block(out);
    return tail_(upsampler_(last_->plus(out, features)));
  }

 private:
  Conv head_;
  std::vector<nn::ResBlock> blocks_;
  Conv last_;
  nn::ShuffleUpsampler upsampler_;
  Conv tail_;
};

HYPERLIFT_MODEL("edsr", SpatialEDSR, SpatialEDSROptions,
                ModelFacts{.task = "spatial",
                           .title = "EDSR",
                           .year = 2017,
                           .paper = "Lim, Son, Kim, Nah, Lee: Enhanced Deep Residual Networks for "
                                    "Single Image Super-Resolution, CVPRW 2017",
                           .reference = "sanghyun-son/EDSR-PyTorch, src/model/edsr.py, EDSR",
                           .scales = {2, 3, 4, 8},
                           .optional_keys = {}})

}  // namespace

}  // namespace hyperlift
