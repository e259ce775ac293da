#include "train/losses/perceptual.h"

#include "core/error.h"
#include "core/generator.h"

#include <array>
#include <cmath>

namespace hyperlift {

namespace {

struct LayerPlan {
  int64_t index;  // torchvision's position in `features`
  int64_t in, out;
  bool pool_before, tap;
};

constexpr std::array<LayerPlan, 7> kLayers = {{
    {0, 3, 64, false, false},
    {2, 64, 64, false, true},
    {5, 64, 128, true, false},
    {7, 128, 128, false, true},
    {10, 128, 256, true, false},
    {12, 256, 256, false, false},
    {14, 256, 256, false, true},
}};

at::Tensor take(const std::map<std::string, at::Tensor>& weights, const std::string& key,
                at::IntArrayRef shape) {
  const auto found = weights.find(key);
  if (found == weights.end()) {
    fail("CHECKPOINT_KEYS", "perceptual weights: key ", key, " is missing, expected VGG-16 ",
         "weights by torchvision's names");
  }
  if (found->second.sizes() != shape) {
    fail("CHECKPOINT_SHAPE", "perceptual weights: ", key, " has shape ", found->second.sizes(),
         ", expected ", shape);
  }
  return found->second.detach();
}

// The three bands as an image, [B, C, H, W] -> [B, 3, H, W]
at::Tensor chosen_bands(const at::Tensor& cube, const at::Tensor& indices) {
  const auto at_device = indices.to(cube.device());
  if (indices.dim() == 1) return cube.index_select(1, at_device);
  const auto wide = at_device.unsqueeze(-1).unsqueeze(-1).expand(
      {cube.size(0), indices.size(1), cube.size(2), cube.size(3)});
  return cube.gather(1, wide);
}

}  // namespace

Vgg16Features::Vgg16Features(const std::map<std::string, at::Tensor>& weights) {
  for (const LayerPlan& plan : kLayers) {
    const std::string key = c10::str("features.", plan.index);
    layers_.push_back({take(weights, key + ".weight", {plan.out, plan.in, 3, 3}),
                       take(weights, key + ".bias", {plan.out})});
  }
}

Vgg16Features::Vgg16Features(uint64_t seed) {
  auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
  for (const LayerPlan& plan : kLayers) {
    const double deviation = std::sqrt(2.0 / static_cast<double>(plan.in * 9));
    auto weight = at::empty({plan.out, plan.in, 3, 3}, at::kFloat);
    weight.normal_(0, deviation, generator);
    layers_.push_back({weight, at::zeros({plan.out}, at::kFloat)});
  }
}

void Vgg16Features::move_to(const at::Tensor& like) {
  const at::Tensor& first = layers_.front().weight;
  if (first.device() == like.device() && first.scalar_type() == like.scalar_type() &&
      first.is_contiguous(at::MemoryFormat::ChannelsLast)) {
    return;
  }
  for (Layer& layer : layers_) {
    layer.weight = layer.weight.to(like.options().requires_grad(false))
                       .contiguous(at::MemoryFormat::ChannelsLast);
    layer.bias = layer.bias.to(like.options().requires_grad(false));
  }
}

std::vector<at::Tensor> Vgg16Features::taps(const at::Tensor& image) {
  if (image.dim() != 4 || image.size(1) != 3 || image.size(2) < 4 || image.size(3) < 4) {
    fail("TENSOR_SHAPE", "perceptual: found an image of shape ", image.sizes(),
         ", expected [batch, 3, height, width] of 4 x 4 pixels or more");
  }
  move_to(image);
  std::vector<at::Tensor> result;
  auto x = image.contiguous(at::MemoryFormat::ChannelsLast);
  for (size_t i = 0; i < layers_.size(); ++i) {
    if (kLayers[i].pool_before) x = at::max_pool2d(x, 2);
    // In place: neither the convolution's nor the rectifier's gradient needs the values before it.
    x = at::conv2d(x, layers_[i].weight, layers_[i].bias, 1, 1).relu_();
    if (kLayers[i].tap) result.push_back(x);
  }
  return result;
}

at::Tensor perceptual_loss(Vgg16Features& features, const at::Tensor& cube, const at::Tensor& rgb,
                           const at::Tensor& indices) {
  std::vector<at::Tensor> wanted;
  {
    const at::NoGradGuard no_grad;
    wanted = features.taps(rgb);
  }
  const auto found = features.taps(chosen_bands(cube, indices));
  at::Tensor sum;
  for (size_t i = 0; i < found.size(); ++i) {
    const auto term = at::mse_loss(found[i], wanted[i]);
    sum = sum.defined() ? sum + term : term;
  }
  return sum / static_cast<double>(found.size());
}

}  // namespace hyperlift
