// SFCSR: each band from a window of three bands (3-D convolutions), from itself (2-D) and from the
// state that the bands before it left.
//
// Paper: Wang, Li, Li, "Hyperspectral Image Super-Resolution Using Spectrum and Feature Context",
//   IEEE Transactions on Industrial Electronics 68(11), 2021.
// Reference: qianngli/SFCSR@2f67e75, model.py, SFCSR; the loop over the bands in test.py and
//   train.py.
// Input: [B, L, H, W] in [0, 1], L >= 3.
// Output: [B, L, scale H, scale W], not clamped.
// Deviations: none in the numbers. All bands go through the layers together; the state, which
// enters
//   linearly, follows as one product a band.
#include "core/autocast.h"
#include "models/registry.h"
#include "nn/band_recurrence.h"
#include "nn/depth_first.h"
#include "nn/module_list.h"
#include "nn/parts.h"
#include "nn/scaled_sum.h"
#include "nn/shuffle_tail.h"

namespace hyperlift {

namespace {

using nn::NormedConv;
using nn::ScaledSum;
using torch::nn::ModuleList;

constexpr int64_t kWindow = 3;
constexpr int64_t kPartPixels = 1 << 14;  // of a pass through the body
constexpr int64_t kTailPixels = 1 << 14;  // of a pass through the tail, before enlarging

struct SFCSROptions {
  int64_t scale = 4;
  int64_t width = 64;
  int64_t blocks = 5;

  template <class Visitor>
  void visit(Visitor&& option) {
    option(scale, {"scale", "upscale_factor", "factor that height and width grow by"});
    option(width, {"width", "n_feats", "width of the features"});
    option(blocks, {"blocks", "n_module", "number of pairs of blocks, one 3-D and one 2-D"});
  }
};

// T(x) = x + g(relu(g(x))), g a kernel over the image plus one over the bands.
class VolumeBlockImpl : public torch::nn::Module {
 public:
  explicit VolumeBlockImpl(int64_t width)
      : spatial_{nn::spatial_conv(width, width), nn::spatial_conv(width, width)},
        spectral_{nn::band_conv(width, width), nn::band_conv(width, width)} {
    register_module("body_spatial", nn::module_list(spatial_[0], spatial_[1]));
    register_module("body_spectral", nn::module_list(spectral_[0], spectral_[1]));
  }

  at::Tensor plus(const at::Tensor& x, const at::Tensor& skip) {  // T(x) + skip, [D * N, C, H, W]
    const auto inner = nn::both_ways(spatial_[0], spectral_[0], x, kWindow, {}, Activation::relu());
    return nn::both_ways(spatial_[1], spectral_[1], inner, kWindow, x + skip);
  }

 private:
  std::array<NormedConv, 2> spatial_;
  std::array<NormedConv, 2> spectral_;
};
TORCH_MODULE(VolumeBlock);

class ImageBlockImpl : public torch::nn::Module {
 public:
  explicit ImageBlockImpl(int64_t width) : body_(nn::normed_conv(width, width, 3)) {
    register_module("body", body_);
  }
  at::Tensor forward(const at::Tensor& x) { return body_->plus(x, x); }

 private:
  NormedConv body_;
};
TORCH_MODULE(ImageBlock);

class SFCSR : public RecurrentNetwork {
 public:
  explicit SFCSR(const SFCSROptions& options)
      : volume_head_{nn::spatial_conv(1, options.width),
                     nn::band_conv(options.width, options.width)},
        image_head_(nn::normed_conv(1, options.width, 3)),
        tail_(options.width, options.scale),
        reduce_y_(options.blocks, options.width),
        image_fusion_(nn::normed_conv(options.width, options.width, 3)),
        reduce_x_(options.blocks, options.width, /*kernel_rank=*/3),
        volume_fusion_{nn::spatial_conv(options.width, options.width),
                       nn::band_conv(options.width, options.width)},
        reduce_both_(kWindow + 1, options.width),
        mix_both_(nn::normed_conv(options.width, options.width, 1)),
        reduce_state_(2, options.width),
        mix_state_(nn::normed_conv(options.width, options.width, 1)) {
    for (int64_t i = 0; i < options.blocks; ++i) {
      volume_blocks_.emplace_back(options.width);
      image_blocks_.emplace_back(options.width);
      joins_.push_back(nn::normed_conv((kWindow + 1) * options.width, options.width, 1));
    }
    gamma_x_ = register_parameter("gamma_X", at::ones({options.blocks}));
    gamma_y_ = register_parameter("gamma_Y", at::ones({options.blocks}));
    gamma_both_ = register_parameter("gamma_DFF", at::ones({kWindow + 1}));
    gamma_state_ = register_parameter("gamma_FCF", at::ones({2}));
    register_heads_and_tail();
    register_blocks();
  }

  at::Tensor upscale(const at::Tensor& x, const at::Tensor& /*enlarged*/) override {
    const int64_t bands = x.size(1);
    std::vector<int64_t> windows;
    for (int64_t band = 0; band < bands; ++band) {
      for (int64_t i = 0; i < kWindow; ++i) windows.push_back(first_of_window(band, bands) + i);
    }
    const auto index = at::tensor(windows, at::kLong).to(x.device());
    // [B, L * 3, H, W] -> [B * L, 3, H, W]
    const auto window = x.index_select(1, index).reshape({-1, kWindow, x.size(2), x.size(3)});
    const auto centre = x.reshape({-1, 1, x.size(2), x.size(3)});
    const auto states = recurrence().all(features(window, centre), bands);
    const auto y = enlarge_features(states, centre);
    return y.view({x.size(0), bands, y.size(2), y.size(3)});
  }

  Band upscale_band(const at::Tensor& x, const at::Tensor& /*enlarged*/, int64_t band,
                    const at::Tensor& state) override {
    const auto first = first_of_window(band, x.size(1));
    const auto window = x.slice(1, first, first + kWindow);
    const auto centre = x.slice(1, band, band + 1);
    const auto next = recurrence().next(features(window, centre), state);
    return {.y = enlarge_features(next, centre).squeeze(1), .state = next.detach()};
  }

 private:
  static int64_t first_of_window(int64_t band, int64_t bands) {
    return std::clamp<int64_t>(band - 1, 0, bands - kWindow);
  }

  void register_heads_and_tail() {
    register_module("ThreeHead", nn::module_list(volume_head_[0], volume_head_[1]));
    register_module("TwoHead", nn::module_list(image_head_));
    auto tail = register_module("TwoTail", tail_.enlarging());
    tail->push_back(tail_.last());
  }

  void register_blocks() {
    auto images = register_module("twoCNN", ModuleList());
    for (const auto& block : image_blocks_) images->push_back(block);
    register_module("reduceD_Y", reduce_y_.conv());
    register_module("twofusion", image_fusion_);
    auto volumes = register_module("threeCNN", ModuleList());
    for (const auto& block : volume_blocks_) volumes->push_back(block);
    auto joins = register_module("reduceD", ModuleList());
    for (const auto& join : joins_) joins->push_back(join);
    register_module("reduceD_X", reduce_x_.conv());
    register_module("threefusion", nn::module_list(volume_fusion_[0], volume_fusion_[1]));
    register_module("reduceD_DFF", reduce_both_.conv());
    register_module("conv_DFF", mix_both_);
    register_module("reduceD_FCF", reduce_state_.conv());
    register_module("conv_FCF", mix_state_);
  }

  // All that does not depend on the state. window: [N, 3, H, W], centre: [N, 1, H, W]
  at::Tensor features(const at::Tensor& window, const at::Tensor& centre) {
    const auto part = [this](const at::Tensor& w, const at::Tensor& c) { return body(w, c); };
    if (at::GradMode::is_enabled()) return part(window, centre);
    return nn::by_parts(kPartPixels, part, window, centre);
  }

  at::Tensor body(const at::Tensor& window, const at::Tensor& centre) {
    // [N, 3, H, W] -> [3 * N, 1, H, W]
    const auto bands = window.transpose(0, 1).flatten(0, 1).unsqueeze(1);
    const auto volume_skip = nn::along_depth(volume_head_[1], volume_head_[0](bands), kWindow);
    const auto image_skip = image_head_(centre);
    auto x = volume_skip;
    auto y = image_skip;
    std::vector<at::Tensor> volumes;
    std::vector<at::Tensor> images;
    for (size_t i = 0; i < joins_.size(); ++i) {
      x = volume_blocks_[i]->plus(x, volume_skip);
      y = joins_[i]->plus(beside(image_blocks_[i](y), x), image_skip);
      volumes.push_back(x);
      images.push_back(y);
    }
    x = volume_fusion_[0](reduce_x_(at::cat(volumes, 1), gamma_x_));
    x = nn::along_depth(volume_fusion_[1], x, kWindow);
    auto parts = x.chunk(kWindow);
    parts.push_back(image_fusion_(reduce_y_(at::cat(images, 1), gamma_y_)));
    return mix_both_(reduce_both_(at::cat(parts, 1), gamma_both_));
  }

  // [N, C, H, W] and [3 * N, C, H, W] -> [N, 4 * C, H, W]
  static at::Tensor beside(const at::Tensor& image, const at::Tensor& volume) {
    auto parts = volume.chunk(kWindow);
    parts.insert(parts.begin(), image);
    return at::cat(parts, 1);
  }

  // The two 1 x 1 convolutions behind one another, as one matrix for the features and one for the
  // state.
  nn::BandRecurrence recurrence() const {
    const NoAutocast in_full_precision;
    const auto mix = mix_state_->weight().flatten(1);
    const auto halves = mix.matmul(reduce_state_.matrix(gamma_state_)).chunk(2, 1);
    const auto bias = at::mv(mix, reduce_state_.conv()->bias()) + mix_state_->bias();
    return {.own = halves[0], .previous = halves[1], .bias = bias};
  }

  at::Tensor enlarge_features(const at::Tensor& states, const at::Tensor& centre) {
    const auto part = [this](const at::Tensor& state, const at::Tensor& band) {
      return tail_(image_head_->plus(band, state));
    };
    if (at::GradMode::is_enabled()) return part(states, centre);
    return nn::by_parts(kTailPixels, part, states, centre);
  }

  at::Tensor gamma_x_, gamma_y_, gamma_both_, gamma_state_;
  std::array<NormedConv, 2> volume_head_;
  NormedConv image_head_;
  nn::ShuffleTail tail_;
  std::vector<ImageBlock> image_blocks_;
  ScaledSum reduce_y_;
  NormedConv image_fusion_;
  std::vector<VolumeBlock> volume_blocks_;
  std::vector<NormedConv> joins_;
  ScaledSum reduce_x_;
  std::array<NormedConv, 2> volume_fusion_;
  ScaledSum reduce_both_;
  NormedConv mix_both_;
  ScaledSum reduce_state_;
  NormedConv mix_state_;
};

HYPERLIFT_MODEL("sfcsr", SFCSR, SFCSROptions,
                ModelFacts{.task = "spatial",
                           .title = "SFCSR",
                           .year = 2021,
                           .paper = "Wang, Li, Li: Hyperspectral Image Super-Resolution Using "
                                    "Spectrum and Feature Context, IEEE Transactions on Industrial "
                                    "Electronics 68(11), 2021",
                           .reference = "qianngli/SFCSR@2f67e75, model.py, SFCSR",
                           .bands = {.least = kWindow},
                           .scales = {2, 3, 4, 8},
                           .optional_keys = {}})

}  // namespace

}  // namespace hyperlift
