// 3D-FCNN: SRCNN with an axis of bands. Four volume convolutions, without padding, turn a cube that
// was enlarged by interpolation into a sharper one.
//
// Paper: Mei, Yuan, Ji, Zhang, Wan, Du, "Hyperspectral Image Spatial Super-Resolution via 3D Full
//   Convolutional Neural Network", Remote Sensing 9(11):1139, 2017.
// Reference: MeiShaohui/Hyperspectral-Image-Spatial-Super-Resolution-via-3D-Full-Convolutional-
//   Neural-Network@b0ecc8a, network3d.py, srcnn; key names of guanguanboy/pytorch_3DFCNN@824c105,
//   model.py, ThreeDFCNN.
// Input: [B, L, H, W] in [0, 1].
// Output: [B, L, scale H, scale W], not clamped; with padding 0 it lacks 8 bands and 12 pixels.
// Deviations: interpolates by itself; mirrors bands and pixels at the borders by default (the
//   reference mirrors bands in its data, and gives up six pixels at each side).
#include "models/registry.h"
#include "ops/fused_conv.h"
#include "ops/imresize.h"

#include <algorithm>
#include <cmath>

namespace hyperlift {

namespace {

struct FCNN3DOptions {
  int64_t scale = 4;
  int64_t padding = 1;
  std::vector<int64_t> widths = {64, 32, 9, 1};
  std::vector<int64_t> kernels = {7, 9, 9, 1, 1, 1, 1, 1, 1, 3, 5, 5};

  template <class Visitor>
  void visit(Visitor&& option) {
    option(scale, {"scale", "", "factor of height and width; 1 takes an enlarged cube"});
    option(padding, {"padding", "padding", "1: borders are mirrored, 0: they are lost"});
    option(widths, {"widths", "filters", "width of each layer's output, the last is 1"});
    option(kernels, {"kernels", "kernels", "bands, rows and columns of each layer's odd kernel"});
  }
};

// Extents along bands, rows and columns.
using Extents = std::array<int64_t, 3>;

// x: [B * L, C, H, W], channels-last -> [B * (L - taps + 1), C * taps, H, W]: each band together
// with those behind it, a view where C is 1 and H * W one run of memory.
at::Tensor with_following(const at::Tensor& x, int64_t batch, int64_t taps) {
  if (taps == 1) return x;
  return x.unflatten(0, {batch, -1})
      .unfold(1, taps, 1)           // [B, L', C, H, W, taps]
      .permute({0, 1, 3, 4, 2, 5})  // [B, L', H, W, C, taps]
      .flatten(4, 5)
      .flatten(0, 1)
      .permute({0, 3, 1, 2});
}

// A volume convolution without padding, as one of images: the kernel's bands are input channels,
// the bands of the cube stand in the batch.
class VolumeConvImpl : public torch::nn::Module {
 public:
  VolumeConvImpl(int64_t in, int64_t out, Extents kernel) : kernel_(kernel) {
    weight_ = register_parameter("weight", at::empty({out, in, kernel[0], kernel[1], kernel[2]}));
    bias_ = register_parameter("bias", at::empty({out}));
    const double fan_in = static_cast<double>(weight_.numel()) / static_cast<double>(out);
    const at::NoGradGuard no_grad;
    torch::nn::init::kaiming_uniform_(weight_, std::sqrt(5.0));
    bias_.uniform_(-1 / std::sqrt(fan_in), 1 / std::sqrt(fan_in));
  }

  // x: [B * L, in, H, W] -> [B * L', out, H', W']
  at::Tensor forward(const at::Tensor& x, int64_t batch, const Activation& then) {
    const auto taps = with_following(x, batch, kernel_[0]);
    if (!FusedConv::serves(taps)) return then.in_place(at::conv2d(taps, image_weight(), bias_));
    const ConvLayer layer = {
        .sources = {weight_}, .weight = [this] { return image_weight(); }, .bias = bias_};
    return fused_(taps, layer, then);
  }

 private:
  // [out, in, bands, rows, columns] -> [out, in * bands, rows, columns]
  at::Tensor image_weight() const { return weight_.flatten(1, 2); }

  Extents kernel_;
  at::Tensor weight_;
  at::Tensor bias_;
  FusedConv fused_;
};
TORCH_MODULE(VolumeConv);

// Continues dimension `dim` by `reach` at both ends, edge repeated: b1 b0 | b0 b1 ... , again and
// again where it is short.
at::Tensor mirror(const at::Tensor& x, int64_t dim, int64_t reach) {
  if (reach == 0) return x;
  const int64_t size = x.size(dim);
  const int64_t period = 2 * size;
  std::vector<int64_t> indices(size + 2 * reach);
  for (int64_t i = 0; i < size + 2 * reach; ++i) {
    const int64_t at = ((i - reach) % period + period) % period;
    indices[i] = std::min(at, period - 1 - at);
  }
  return x.index_select(dim, at::tensor(indices, x.options().dtype(at::kLong)));
}

class FCNN3D : public SpatialNetwork {
 public:
  explicit FCNN3D(const FCNN3DOptions& options)
      : scale_(options.scale), keeps_size_(options.padding == 1) {
    check(options);
    int64_t in = 1;
    for (size_t i = 0; i < options.widths.size(); ++i) {
      const auto* sides = &options.kernels[3 * i];
      const Extents kernel = {sides[0], sides[1], sides[2]};
      for (size_t axis = 0; axis < kernel.size(); ++axis) reach_[axis] += kernel[axis] / 2;
      layers_.emplace_back(in, options.widths[i], kernel);
      register_module("f3d_" + std::to_string(i + 1), layers_.back());
      in = options.widths[i];
    }
  }

  at::Tensor enlarge(const at::Tensor& x) override {
    return scale_ == 1 ? x : imresize(x, scale_, ResizeStyle::matlab);
  }

  at::Tensor upscale(const at::Tensor& /*x*/, const at::Tensor& enlarged) override {
    auto cube = enlarged;  // [B, L, H, W]
    for (size_t axis = 0; axis < reach_.size(); ++axis) cube = widen(cube, axis);
    const int64_t batch = cube.size(0);
    auto features = cube.flatten(0, 1).unsqueeze(1);  // [B * L, 1, H, W]
    for (auto& layer : layers_) {
      const bool last = &layer == &layers_.back();
      features = layer(features, batch, last ? Activation{} : Activation::relu());
    }
    return features.squeeze(1).unflatten(0, {batch, -1});
  }

 private:
  static void check(const FCNN3DOptions& options) {
    const bool fits = !options.widths.empty() && options.widths.back() == 1 &&
                      options.kernels.size() == 3 * options.widths.size();
    const auto odd = [](int64_t side) { return side > 0 && side % 2 == 1; };
    if (!fits || !std::ranges::all_of(options.kernels, odd)) {
      fail("MODEL_OPTION", "network fcnn3d: option widths is ", options.widths, " and kernels is ",
           options.kernels, ", expected a last width of 1 and three odd sides for each width");
    }
    if (options.padding != 0 && options.padding != 1) {
      fail("MODEL_OPTION", "network fcnn3d: option padding is ", options.padding,
           ", expected 0 or 1");
    }
  }

  // `axis` of bands, rows, columns, as wide as the layers need it.
  at::Tensor widen(const at::Tensor& cube, size_t axis) const {
    const auto dim = static_cast<int64_t>(axis) + 1;
    const int64_t reach = reach_[axis];
    if (keeps_size_) return mirror(cube, dim, reach);
    if (cube.size(dim) <= 2 * reach) {
      fail("TENSOR_SHAPE", "network fcnn3d: found an enlarged cube of shape ", cube.sizes(),
           ", expected more than ", 2 * reach, " in dimension ", dim,
           ": padding is 0, and its layers take as many away");
    }
    return cube;
  }

  int64_t scale_;
  bool keeps_size_;
  Extents reach_ = {};  // how far the layers together look to each side
  std::vector<VolumeConv> layers_;
};

HYPERLIFT_MODEL(
    "fcnn3d", FCNN3D, FCNN3DOptions,
    ModelFacts{.task = "spatial",
               .title = "3D-FCNN",
               .year = 2017,
               .paper = "Mei, Yuan, Ji, Zhang, Wan, Du: Hyperspectral Image Spatial "
                        "Super-Resolution via 3D Full Convolutional Neural Network, Remote Sensing "
                        "2017",
               .reference = "MeiShaohui/Hyperspectral-Image-Spatial-Super-Resolution-via-3D-Full-"
                            "Convolutional-Neural-Network@b0ecc8a, network3d.py, srcnn",
               .scales = {1, 2, 3, 4, 8},
               .optional_keys = {},
               .presets = {{"published", {{"scale", int64_t{1}}, {"padding", int64_t{0}}}}}})

}  // namespace

}  // namespace hyperlift
