// EDSR for spectral reconstruction: residual blocks of two convolutions, no normalisation, no
// up-sampler.
//
// Paper: Lim, Son, Kim, Nah, Lee, "Enhanced Deep Residual Networks for Single Image
//   Super-Resolution", CVPRW 2017, arXiv 1707.02921.
// Reference: caiyuanhao1998/MST-plus-plus@18e2032, train_code/architecture/edsr.py, EDSR.
// Input: [B, inBands, H, W] in [0, 1].
// Output: [B, outBands, H, W], not clamped.
// Deviations: none.
#include "models/registry.h"
#include "nn/conv.h"
#include "nn/module_list.h"
#include "nn/residual_block.h"

namespace hyperlift {

namespace {

using nn::Conv;
using nn::conv3;
using torch::nn::ModuleList;

struct EDSROptions {
  int64_t in_bands = 3;
  int64_t out_bands = 31;
  int64_t width = 64;
  int64_t blocks = 32;
  double residual_scale = 1.0;

  template <class Visitor>
  void visit(Visitor&& option) {
    option(in_bands, {"inBands", "n_colors", "bands of the input"});
    option(out_bands, {"outBands", "out_channels", "bands of the output"});
    option(width, {"width", "n_feats", "width of the features"});
    option(blocks, {"blocks", "n_resblocks", "number of residual blocks"});
    option(residual_scale, {"residualScale", "res_scale", "factor of each block's residual"});
  }
};

class EDSR : public Network {
 public:
  explicit EDSR(const EDSROptions& options)
      : head_(conv3(options.in_bands, options.width)),
        last_(conv3(options.width, options.width)),
        tail_(conv3(options.width, options.out_bands)) {
    register_module("head", nn::module_list(head_));
    auto body = register_module("body", ModuleList());
    for (int64_t i = 0; i < options.blocks; ++i) {
      blocks_.emplace_back(options.width, options.residual_scale);
      body->push_back(blocks_.back());
    }
    body->push_back(last_);
    register_module("tail", nn::module_list(tail_));
  }

  at::Tensor forward(const at::Tensor& x) override {
    const auto features = head_(x.contiguous(at::MemoryFormat::ChannelsLast));
    auto out = features;
    for (auto& block : blocks_) out = block(out);
    return tail_(last_->plus(out, features));
  }

 private:
  Conv head_;
  std::vector<nn::ResBlock> blocks_;
  Conv last_;
  Conv tail_;
};

HYPERLIFT_MODEL("edsr-spectral", EDSR, EDSROptions,
                ModelFacts{.task = "spectral",
                           .title = "EDSR",
                           .year = 2017,
                           .paper = "Lim, Son, Kim, Nah, Lee: Enhanced Deep Residual Networks for "
                                    "Single Image Super-Resolution, CVPRW 2017",
                           .reference = "caiyuanhao1998/MST-plus-plus@18e2032, "
                                        "train_code/architecture/edsr.py, EDSR",
                           .optional_keys = {}})

}  // namespace

}  // namespace hyperlift
