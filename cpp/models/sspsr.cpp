// SSPSR: overlapping groups of bands go through one shared branch, their averages through a trunk;
// each enlarges a part of the way.
//
// Paper: Jiang, Sun, Liu, Ma, "Learning Spatial-Spectral Prior for Super-Resolution of
// Hyperspectral
//   Imagery", IEEE Transactions on Computational Imaging 6:1082-1096, 2020, arXiv 2005.08752.
// Reference: junjun-jiang/SSPSR@6200c7c, SSPSR.py, SSPSR; defaults of its configuration for CAVE.
// Input: [B, bands, H, W] in [0, 1], and the cube enlarged by bicubic interpolation, [B, bands,
//   scale H, scale W].
// Output: [B, bands, scale H, scale W], not clamped.
// Deviations: branches of their own (sharedBranch false) enlarge by scale / 2, as the shared one
// does;
//   the reference fixes 2, which fits scale 4 alone.
#include "models/registry.h"
#include "nn/channel_gate.h"
#include "nn/conv.h"
#include "nn/module_list.h"
#include "nn/residual_block.h"
#include "nn/shuffle_upsampler.h"
#include "ops/imresize.h"

#include <algorithm>

namespace hyperlift {

namespace {

using nn::Conv;
using nn::conv3;
using torch::nn::ModuleList;

struct SSPSROptions {
  int64_t scale = 4;
  int64_t bands = 31;
  int64_t group_bands = 4;
  int64_t group_overlap = 1;
  int64_t width = 256;
  int64_t blocks = 8;
  double residual_scale = 0.1;
  bool shared_branch = true;

  template <class Visitor>
  void visit(Visitor&& option) {
    option(scale, {"scale", "n_scale", "factor of height and width"});
    option(bands, {"bands", "n_colors", "bands of the cube"});
    option(group_bands, {"groupBands", "n_subs", "bands of a group"});
    option(group_overlap, {"groupOverlap", "n_ovls", "bands that neighbouring groups share"});
    option(width, {"width", "n_feats", "width of the features"});
    option(blocks, {"blocks", "n_blocks", "blocks in a branch, and in the trunk"});
    option(residual_scale, {"residualScale", "res_scale", "factor of each block's residuals"});
    option(shared_branch, {"sharedBranch", "use_share", "one branch for all groups"});
  }
};

Conv conv1(int64_t width) { return Conv(torch::nn::Conv2dOptions(width, width, 1)); }

// The spectral half of a block: 1 x 1 convolutions, whose channels are scaled by what their
// averages over the image say (ResAttentionBlock of the reference).
class SpectralBlockImpl : public torch::nn::Module {
 public:
  SpectralBlockImpl(int64_t width, double scale)
      : scale_(scale),
        first_(conv1(width)),
        second_(conv1(width)),
        gate_(width, std::max<int64_t>(width / 16, 1), true) {
    register_module("body", nn::module_list(first_, torch::nn::ReLU(), second_, gate_));
  }

  at::Tensor forward(const at::Tensor& x) {  // [B, C, H, W]
    const auto features = second_(first_(x, Activation::relu()));
    return at::addcmul(x, features, gate_(features), scale_);
  }

 private:
  double scale_;
  Conv first_;
  Conv second_;
  nn::ChannelGate gate_;
};
TORCH_MODULE(SpectralBlock);

// SSB of the paper: first in space, then across channels.
class SpatialSpectralBlockImpl : public torch::nn::Module {
 public:
  SpatialSpectralBlockImpl(int64_t width, double scale)
      : spatial_(width, scale), spectral_(width, scale) {
    register_module("spa", spatial_);
    register_module("spc", spectral_);
  }

  at::Tensor forward(const at::Tensor& x) { return spectral_(spatial_(x)); }

 private:
  nn::ResBlock spatial_;
  SpectralBlock spectral_;
};
TORCH_MODULE(SpatialSpectralBlock);

// SSPN of the paper: blocks in a row and a skip around them.
class PriorNetworkImpl : public torch::nn::Module {
 public:
  explicit PriorNetworkImpl(const SSPSROptions& options) {
    auto net = register_module("net", ModuleList());
    for (int64_t i = 0; i < options.blocks; ++i) {
      blocks_.emplace_back(options.width, options.residual_scale);
      net->push_back(blocks_.back());
    }
  }

  at::Tensor forward(const at::Tensor& x) {  // [B, C, H, W]
    auto out = x;
    for (auto& block : blocks_) out = block(out);
    return out + x;
  }

 private:
  std::vector<SpatialSpectralBlock> blocks_;
};
TORCH_MODULE(PriorNetwork);

// A branch, which ends in bands, or the trunk, which ends in features.
class BranchImpl : public torch::nn::Module {
 public:
  BranchImpl(const SSPSROptions& options, int64_t bands, int64_t scale, bool with_tail)
      : head_(conv3(bands, options.width)), body_(options), upsample_(options.width, scale) {
    register_module("head", head_);
    register_module("body", body_);
    register_module("upsample", upsample_);
    if (with_tail) tail_ = register_module("tail", conv3(options.width, bands));
  }

  at::Tensor forward(
      const at::Tensor& x) {  // [B, bands, H, W] -> [B, bands or C, scale H, scale W]
    const auto features = upsample_(body_(head_(x)));
    return tail_.is_empty() ? features : tail_(features);
  }

 private:
  Conv head_;
  PriorNetwork body_;
  nn::ShuffleUpsampler upsample_;
  Conv tail_{nullptr};
};
TORCH_MODULE(Branch);

// The bands of the groups one behind the other: group g begins at (bands - overlap) g, the last
// ends with the cube.
std::vector<int64_t> grouped_bands(const SSPSROptions& options) {
  const int64_t step = options.group_bands - options.group_overlap;
  if (options.group_overlap < 0 || step < 1 || options.group_bands > options.bands) {
    fail("MODEL_OPTION", "network sspsr: option groupBands is ", options.group_bands,
         " and groupOverlap ", options.group_overlap,
         ", expected more than the overlap and at most ", options.bands, " (bands)");
  }
  const int64_t groups = (options.bands - options.group_overlap + step - 1) / step;
  std::vector<int64_t> bands;
  for (int64_t group = 0; group < groups; ++group) {
    const int64_t start = std::min(step * group, options.bands - options.group_bands);
    for (int64_t i = 0; i < options.group_bands; ++i) bands.push_back(start + i);
  }
  return bands;
}

class SSPSR : public SpatialNetwork {
 public:
  explicit SSPSR(const SSPSROptions& options)
      : options_(options),
        grouped_(at::tensor(grouped_bands(options), at::kLong)),
        covered_(at::bincount(grouped_).to(at::kFloat).view({1, -1, 1, 1})) {
    make_branches();
    trunk_ = register_module("trunk", Branch(options, options.bands, 2, false));
    skip_conv_ = register_module("skip_conv", conv3(options.bands, options.width));
    final_ = register_module("final", conv3(options.width, options.bands));
  }

  at::Tensor enlarge(const at::Tensor& x) override {
    return imresize(x, options_.scale, ResizeStyle::matlab);
  }

  at::Tensor upscale(const at::Tensor& x, const at::Tensor& enlarged) override {
    const auto features = trunk_(branched(x).contiguous(at::MemoryFormat::ChannelsLast));
    return final_(skip_conv_->plus(enlarged.contiguous(at::MemoryFormat::ChannelsLast), features));
  }

 private:
  void make_branches() {
    const auto make = [this] {
      return Branch(options_, options_.group_bands, options_.scale / 2, true);
    };
    if (options_.shared_branch) {
      branches_.emplace_back(register_module("branch", make()));
      return;
    }
    auto list = register_module("branch", ModuleList());
    for (int64_t i = 0; i < grouped_.size(0) / options_.group_bands; ++i) {
      branches_.push_back(make());
      list->push_back(branches_.back());
    }
  }

  // The groups' results, averaged where they overlap: [B, bands, scale / 2 H, scale / 2 W].
  at::Tensor branched(const at::Tensor& x) {
    const auto bands = grouped_.to(x.device());
    const auto groups = x.index_select(1, bands)  // [B, G * groupBands, H, W]
                            .unflatten(1, {-1, options_.group_bands});
    const auto results = through_branches(groups).flatten(1, 2);
    const auto sums =
        at::zeros({x.size(0), options_.bands, results.size(2), results.size(3)}, results.options())
            .index_add(1, bands, results);
    return sums / covered_.to(sums.options());
  }

  // [B, G, groupBands, H, W] -> [B, G, groupBands, scale / 2 H, scale / 2 W]
  at::Tensor through_branches(const at::Tensor& groups) {
    const auto image = [](const at::Tensor& x) {
      return x.contiguous(at::MemoryFormat::ChannelsLast);
    };
    if (options_.shared_branch) {
      const auto results = branches_.front()(image(groups.flatten(0, 1)));
      return results.unflatten(0, {groups.size(0), -1});
    }
    std::vector<at::Tensor> results;
    for (size_t i = 0; i < branches_.size(); ++i) {
      results.push_back(branches_[i](image(groups.select(1, static_cast<int64_t>(i)))));
    }
    return at::stack(results, 1);
  }

  SSPSROptions options_;
  at::Tensor grouped_;  // the bands of all groups
  at::Tensor covered_;  // [1, bands, 1, 1], how many groups hold each
  std::vector<Branch> branches_;
  Branch trunk_{nullptr};
  Conv skip_conv_{nullptr};
  Conv final_{nullptr};
};

HYPERLIFT_MODEL("sspsr", SSPSR, SSPSROptions,
                ModelFacts{.task = "spatial",
                           .title = "SSPSR",
                           .year = 2020,
                           .paper = "Jiang, Sun, Liu, Ma: Learning Spatial-Spectral Prior for "
                                    "Super-Resolution of Hyperspectral Imagery, IEEE TCI 2020",
                           .reference = "junjun-jiang/SSPSR@6200c7c, SSPSR.py, SSPSR",
                           .scales = {2, 4, 8},
                           .enlarged = "lms",
                           .size_dependent = true,
                           .optional_keys = {}})

}  // namespace

}  // namespace hyperlift
