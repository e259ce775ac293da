// CoarSR: the coarse stage of DualSR. Each band from itself and two pairs of neighbours, and from
// the state that the bands before it left.
//
// Paper: Li, Yuan, Jia, Wang, "Dual-Stage Approach Toward Hyperspectral Image Super-Resolution",
// IEEE
//   Transactions on Image Processing, 2022; first in Li, Wang, Li, "Hyperspectral Image
//   Super-Resolution via Adjacent Spectral Fusion Strategy", ICASSP 2021.
// Reference: qianngli/DualSR@46c566a, CoarSR/model.py, pre_Net; the loop over the bands in
//   CoarSR/test.py and train.py.
// Input: [B, L, H, W] in [0, 1], L >= 5.
// Output: [B, L, scale H, scale W], not clamped.
// Deviations: the neighbours of a band are those beside it. The published loops never clear their
//   lists, so that every band gets those of the first one; neighbours "first" (the preset
//   `published`) does so. All bands go through the layers together; the state, which enters
//   linearly, follows as one product a band.
#include "models/registry.h"
#include "nn/band_layout.h"
#include "nn/band_recurrence.h"
#include "nn/depth_first.h"
#include "nn/module_list.h"
#include "nn/parts.h"
#include "nn/scaled_sum.h"
#include "nn/shuffle_tail.h"
#include "ops/imresize.h"

#include <cmath>
#include <numeric>

namespace hyperlift {

namespace {

using nn::NormedConv;
using nn::ScaledSum;
using torch::nn::ModuleList;

constexpr int64_t kGroups = 3;
constexpr int64_t kStages = 2;
constexpr int64_t kLeastBands = 5;
constexpr int64_t kPartPixels = 1 << 14;  // of a pass through the body
constexpr int64_t kTailPixels = 1 << 14;  // of a pass through the tail, before enlarging
constexpr std::array<const char*, kGroups> kNames = {"one", "two", "three"};

struct CoarSROptions {
  int64_t scale = 4;
  int64_t width = 64;
  int64_t blocks = 2;
  std::string neighbours = "adjacent";
  int64_t modules = 3;
  double residual_scale = 1.0;
  int64_t scene_bands = 31;
  bool zero_start = false;

  template <class Visitor>
  void visit(Visitor&& option) {
    option(scale, {"scale", "upscale_factor", "factor that height and width grow by"});
    option(width, {"width", "n_feats", "width of the features"});
    option(blocks, {"blocks", "n_blocks", "residual blocks in each of the twelve bodies"});
    option(neighbours, {"neighbours",
                        "",
                        "neighbours of each band: those beside it, or those of the first band for "
                        "all, as published",
                        {"adjacent", "first"}});
    option(modules, {"modules", "n_module", "without effect, in the published code too"});
    option(residual_scale, {"residualScale", "res_scale", "without effect, likewise"});
    option(scene_bands, {"sceneBands", "n_bands", "without effect, likewise; any cube goes in"});
    option(zero_start, {"zeroStart", "", nn::kZeroStartDoc});
  }
};

// Normalises each band by its own statistics in training, as where the bands come one at a time.
class BandNormImpl : public torch::nn::BatchNorm2dImpl {
 public:
  using torch::nn::BatchNorm2dImpl::BatchNorm2dImpl;

  at::Tensor forward(const at::Tensor& x, int64_t bands) {  // [B * L, C, H, W]
    if (!is_training()) {
      return at::batch_norm(x, weight, bias, running_mean, running_var, /*training=*/false,
                            /*momentum=*/0, options.eps(), /*cudnn_enabled=*/true);
    }
    // [B * L, C, H, W] -> [B, L * C, H, W]: a channel of a band is a channel of its own. With a
    // momentum of 1 the running statistics are those of this call.
    const auto planes = x.contiguous().view({-1, bands * x.size(1), x.size(2), x.size(3)});
    const auto means = at::zeros({bands * x.size(1)}, running_mean.options());
    const auto variances = at::zeros_like(means);
    const auto y =
        at::batch_norm(planes, weight.repeat(bands), bias.repeat(bands), means, variances,
                       /*training=*/true, /*momentum=*/1, options.eps(), /*cudnn_enabled=*/true);
    remember(means, variances, bands);
    return y.view(x.sizes()).contiguous(at::MemoryFormat::ChannelsLast);
  }

 private:
  // L updates r <- (1 - m) r + m s_i in one.
  void remember(const at::Tensor& means, const at::Tensor& variances, int64_t bands) {
    const at::NoGradGuard no_grad;
    const double kept = 1 - options.momentum().value();
    std::vector<double> shares;
    for (int64_t i = 0; i < bands; ++i) {
      shares.push_back((1 - kept) * std::pow(kept, static_cast<double>(bands - 1 - i)));
    }
    const auto row = at::tensor(shares, means.options()).unsqueeze(0);
    const double rest = std::pow(kept, static_cast<double>(bands));
    for (const auto& [running, found] :
         {std::pair(running_mean, means), {running_var, variances}}) {
      running.mul_(rest).add_(row.mul(found.view({bands, -1}).t()).sum(1));
    }
    num_batches_tracked.add_(bands);
  }
};
TORCH_MODULE(BandNorm);

// A convolution and the norm behind it, which inference folds into the weights.
class NormedUse {
 public:
  explicit NormedUse(int64_t width) : conv_(nn::normed_conv(width, width, 3)), norm_(width) {}

  const NormedConv& conv() const { return conv_; }
  const BandNorm& norm() const { return norm_; }

  // then(norm(conv(x)) + addend), where that is defined
  at::Tensor operator()(const at::Tensor& x, int64_t bands, const Activation& then,
                        const at::Tensor& addend = {}) {
    if (!norm_->is_training() && FusedConv::serves(x)) return fused_(x, layer(), then, addend);
    const auto y = norm_(conv_(x), bands);
    return then.in_place(addend.defined() ? y + addend : y);
  }

 private:
  struct Folded {
    at::Tensor weight;
    at::Tensor bias;
  };

  ConvLayer layer() {
    auto sources = conv_->parameters();
    for (const auto& tensor : {norm_->weight, norm_->bias, norm_->running_mean, norm_->running_var,
                               norm_->num_batches_tracked}) {
      sources.push_back(tensor);
    }
    const auto folded = folded_.get(sources, {}, [this] { return fold(); });
    return {.sources = {folded.weight},
            .weight = [weight = folded.weight] { return weight; },
            .bias = folded.bias,
            .shape = {.padding = 1}};
  }

  Folded fold() const {
    const auto scale = norm_->weight * (norm_->running_var + norm_->options.eps()).rsqrt();
    return {.weight = conv_->weight() * scale.view({-1, 1, 1, 1}),
            .bias = (conv_->bias() - norm_->running_mean) * scale + norm_->bias};
  }

  NormedConv conv_;
  BandNorm norm_;
  Derived<Folded> folded_;
  FusedConv fused_;
};

// R(x) = x + norm(conv(relu(norm(conv(x)))))
class ResidualImpl : public torch::nn::Module {
 public:
  explicit ResidualImpl(int64_t width) : first_(width), second_(width) {
    register_module("body", nn::module_list(first_.conv(), first_.norm(), torch::nn::ReLU(),
                                            second_.conv(), second_.norm()));
  }
  at::Tensor forward(const at::Tensor& x, int64_t bands) {
    return second_(first_(x, bands, Activation::relu()), bands, {}, x);
  }

 private:
  NormedUse first_;
  NormedUse second_;
};
TORCH_MODULE(Residual);

// x + R(R(x))
class BodyImpl : public torch::nn::Module {
 public:
  BodyImpl(int64_t width, int64_t blocks) {
    auto list = ModuleList();
    for (int64_t i = 0; i < blocks; ++i) list->push_back(blocks_.emplace_back(width));
    register_module("body", nn::module_list(list));
  }

  // The body's result + skip, where that is defined; added in the order of the reference.
  at::Tensor forward(const at::Tensor& x, int64_t bands, const at::Tensor& skip = {}) {
    auto y = x;
    for (auto& block : blocks_) y = block(y, bands);
    y = blocks_.empty() ? y + x : nn::add_to(y, x);
    return skip.defined() ? y.add_(skip) : y;
  }

 private:
  std::vector<Residual> blocks_;
};
TORCH_MODULE(Body);

// G: each group through a body, all of them fused for each, and through another body.
class FusionImpl : public torch::nn::Module {
 public:
  FusionImpl(int64_t width, int64_t blocks) {
    gamma_ = register_parameter("gamma", at::ones({kGroups, kGroups}));
    gamma_inter_ = register_parameter("gamma_inter", at::ones({kGroups}));
    for (const std::string name : kNames) {
      left_.emplace_back(register_module("left_" + name + "_body", Body(width, blocks)));
    }
    for (const std::string name : kNames) {
      right_.emplace_back(register_module("right_" + name + "_body", Body(width, blocks)));
    }
    for (const std::string name : kNames) {
      fusions_.push_back(std::make_unique<ScaledSum>(kGroups, width));
      register_module("fusion_" + name, nn::module_list(fusions_.back()->conv()));
    }
  }

  at::Tensor forward(const at::Tensor& x, int64_t bands) {  // [3 * N, C, H, W], group by group
    const auto groups = x.chunk(kGroups);
    std::vector<at::Tensor> left;
    for (size_t i = 0; i < groups.size(); ++i) left.push_back(left_[i](groups[i], bands));
    const auto beside = at::cat(left, 1);  // [N, 3 * C, H, W]
    std::vector<at::Tensor> right;
    for (size_t i = 0; i < groups.size(); ++i) {
      const auto fused = (*fusions_[i])(beside, gamma_, static_cast<int64_t>(i));
      right.push_back(right_[i](fused, bands, groups[i]) * gamma_inter_[static_cast<int64_t>(i)]);
    }
    return at::cat(right);
  }

 private:
  at::Tensor gamma_, gamma_inter_;
  std::vector<Body> left_;
  std::vector<Body> right_;
  std::vector<std::unique_ptr<ScaledSum>> fusions_;
};
TORCH_MODULE(Fusion);

// U(v) = v + spatial_one(relu(spatial(v) + spectral(v))), the three groups as a volume.
class VolumeUnitImpl : public torch::nn::Module {
 public:
  explicit VolumeUnitImpl(int64_t width)
      : spatial_(nn::spatial_conv(width, width)),
        spectral_(nn::band_conv(width, width)),
        spatial_one_(nn::spatial_conv(width, width)) {
    auto unit = register_module("threeunit", std::make_shared<torch::nn::Module>());
    unit->register_module("spatial", spatial_);
    unit->register_module("spectral", spectral_);
    unit->register_module("spatial_one", spatial_one_);
  }

  at::Tensor plus(const at::Tensor& v, const at::Tensor& skip) {  // U(v) + skip
    const auto inner = nn::both_ways(spatial_, spectral_, v, kGroups, {}, Activation::relu());
    return spatial_one_->plus(inner, v + skip);
  }

 private:
  NormedConv spatial_;
  NormedConv spectral_;
  NormedConv spatial_one_;
};
TORCH_MODULE(VolumeUnit);

// Bands that are seen beside band i: [band, group two or three, left or right].
using Neighbours = std::array<std::array<int64_t, 2>, 2>;

Neighbours neighbours_of(int64_t i, int64_t bands) {
  if (i == 0) return {{{1, 2}, {3, 4}}};
  if (i == 1) return {{{0, 2}, {3, 4}}};
  if (i == bands - 1) return {{{i - 1, i - 2}, {i - 3, i - 4}}};
  if (i == bands - 2) return {{{i - 1, i + 1}, {i - 3, i - 2}}};
  return {{{i - 1, i + 1}, {i - 2, i + 2}}};
}

class CoarSR : public RecurrentNetwork {
 public:
  explicit CoarSR(const CoarSROptions& options)
      : scale_(options.scale),
        adjacent_(options.neighbours == "adjacent"),
        tail_(options.width, options.scale),
        reduce_state_(2, options.width),
        last_(nn::normed_conv(options.width, options.width, 3)),
        reduce_(nn::normed_conv(kGroups * options.width, options.width, 1)) {
    gamma_ = register_parameter("gamma_rnn", at::ones({2}));
    for (const std::string name : kNames) {
      const int64_t bands = heads_.empty() ? 1 : kGroups;
      heads_.emplace_back(
          register_module("head_group_" + name, nn::normed_conv(bands, options.width, 3)));
    }
    for (int64_t i = 0; i < kStages; ++i) {
      const std::string name = std::string("GFM_intra_") + kNames[i];
      fusions_.emplace_back(register_module(name, Fusion(options.width, options.blocks)));
    }
    for (int64_t i = 0; i < kStages; ++i) {
      const std::string name = std::string("GFM_inter_") + kNames[i];
      units_.emplace_back(register_module(name, VolumeUnit(options.width)));
    }
    register_module("tail", nn::module_list(tail_.enlarging(), tail_.last()));
    register_module("rnn_reduceD", nn::module_list(reduce_state_.conv()));
    register_module("conv", nn::module_list(last_));
    register_module("last_reduceD", nn::module_list(reduce_));
    if (auto last = tail_.last(); options.zero_start) last->start_at_zero();
  }

  at::Tensor enlarge(const at::Tensor& x) override {
    return imresize(x, {.height = scale_ * x.size(2), .width = scale_ * x.size(3)},
                    ResizeStyle::pillow);
  }

  at::Tensor upscale(const at::Tensor& x, const at::Tensor& enlarged) override {
    const int64_t bands = x.size(1);
    std::vector<int64_t> all(bands);
    std::iota(all.begin(), all.end(), 0);
    const auto groups = groups_of(x, all);
    const auto states = recurrence().all(features(groups, bands), bands);
    return enlarge_features(states, groups[0]).view(enlarged.sizes()) + enlarged;
  }

  Band upscale_band(const at::Tensor& x, const at::Tensor& enlarged, int64_t band,
                    const at::Tensor& state) override {
    const auto groups = groups_of(x, {band});
    const auto next = recurrence().next(features(groups, 1), state);
    const auto y = enlarge_features(next, groups[0]).squeeze(1);
    return {.y = y + enlarged.select(1, band), .state = next.detach()};
  }

 private:
  using Groups = std::array<at::Tensor, kGroups>;

  // [B, L, H, W] -> [B * l, 1 | 3 | 3, H, W]. Neighbours are data: no gradient goes into them.
  Groups groups_of(const at::Tensor& x, const std::vector<int64_t>& bands) const {
    std::array<std::vector<int64_t>, 4> indices;
    for (const int64_t band : bands) {
      const auto pairs = neighbours_of(adjacent_ ? band : 0, x.size(1));
      for (size_t i = 0; i < indices.size(); ++i) indices[i].push_back(pairs[i / 2][i % 2]);
    }
    const auto taken = [&](const std::vector<int64_t>& index, const at::Tensor& from) {
      return from.index_select(1, at::tensor(index, at::kLong).to(x.device()));
    };
    const auto centre = taken(bands, x);
    const auto beside = [&](size_t pair) {
      return at::stack({taken(indices[2 * pair], x.detach()), centre,
                        taken(indices[2 * pair + 1], x.detach())},
                       2)
          .flatten(0, 1);
    };
    return {centre.flatten(0, 1).unsqueeze(1), beside(0), beside(1)};
  }

  // All that does not depend on the state, [N, C, H, W].
  at::Tensor features(const Groups& groups, int64_t bands) {
    const auto part = [&](const at::Tensor& one, const at::Tensor& two, const at::Tensor& three) {
      return body({one, two, three}, bands);
    };
    if (at::GradMode::is_enabled() || is_training()) return part(groups[0], groups[1], groups[2]);
    return nn::by_parts(kPartPixels, part, groups[0], groups[1], groups[2]);
  }

  at::Tensor body(const Groups& groups, int64_t bands) {
    std::vector<at::Tensor> heads;
    for (size_t i = 0; i < groups.size(); ++i) heads.push_back(heads_[i](groups[i]));
    const auto skip = at::cat(heads);  // [3 * N, C, H, W]
    auto x = skip;
    for (size_t i = 0; i < units_.size(); ++i) x = units_[i]->plus(fusions_[i](x, bands), skip);
    return last_->plus(reduce_(at::cat(x.chunk(kGroups), 1)), heads[0]);
  }

  nn::BandRecurrence recurrence() const {
    const auto halves = reduce_state_.matrix(gamma_).chunk(2, 1);
    return {.own = halves[0], .previous = halves[1], .bias = reduce_state_.conv()->bias()};
  }

  // states: [N, C, H, W], centre: [N, 1, H, W] -> [N, 1, scale H, scale W]
  at::Tensor enlarge_features(const at::Tensor& states, const at::Tensor& centre) {
    const auto part = [this](const at::Tensor& state, const at::Tensor& band) {
      return tail_(heads_[0]->plus(band, state));
    };
    if (at::GradMode::is_enabled()) return part(states, centre);
    return nn::by_parts(kTailPixels, part, states, centre);
  }

  int64_t scale_;
  bool adjacent_;
  at::Tensor gamma_;
  std::vector<NormedConv> heads_;
  std::vector<Fusion> fusions_;
  std::vector<VolumeUnit> units_;
  nn::ShuffleTail tail_;
  ScaledSum reduce_state_;
  NormedConv last_;
  NormedConv reduce_;
};

HYPERLIFT_MODEL("coarsr", CoarSR, CoarSROptions,
                ModelFacts{.task = "spatial",
                           .title = "CoarSR",
                           .year = 2022,
                           .paper = "Li, Yuan, Jia, Wang: Dual-Stage Approach Toward Hyperspectral "
                                    "Image Super-Resolution, IEEE Transactions on Image "
                                    "Processing, 2022",
                           .reference = "qianngli/DualSR@46c566a, CoarSR/model.py, pre_Net",
                           .bands = {.least = kLeastBands},
                           .scales = {2, 3, 4, 8},
                           .enlarged = "bicu",
                           .optional_keys = {},
                           .presets = {{"published", {{"neighbours", std::string("first")}}}}})

}  // namespace

}  // namespace hyperlift
