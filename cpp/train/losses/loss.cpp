#include "train/losses/loss.h"

#include "core/error.h"
#include "train/losses/colour.h"
#include "train/losses/neighbour_ssim.h"
#include "train/losses/smooth_start.h"
#include "train/losses/supervised.h"

#include <algorithm>
#include <cmath>

namespace hyperlift {

namespace {

std::vector<std::string> known_terms(Paradigm paradigm) {
  if (paradigm == Paradigm::kSupervised)
    return {"mrae", "l1", "rmse", "mse", "sam", "spatialTv", "spectralTv"};
  return {"css", "bandSsim", "perceptual"};
}

void check_terms(const LossConfig& config) {
  const auto known = known_terms(config.paradigm);
  bool any = false;
  for (const auto& [name, weight] : config.terms) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      fail("CONFIG_LOSS", "the ",
           config.paradigm == Paradigm::kSupervised ? "supervised" : "unsupervised",
           " loss has no term '", name, "': expected some of ", c10::Join(", ", known));
    }
    if (!std::isfinite(weight) || weight < 0) {
      fail("CONFIG_LOSS", "loss term ", name, " has weight ", weight,
           ", expected a finite number, 0 or more");
    }
    any = any || weight > 0;
  }
  if (!any) fail("CONFIG_LOSS", "the loss has no term with a weight above 0");
}

bool wants(const LossConfig& config, const std::string& name) {
  const auto found = config.terms.find(name);
  return found != config.terms.end() && found->second > 0;
}

void check_settings(const LossConfig& config) {
  const bool coloured = wants(config, "css") || config.smooth_start > 0;
  if (coloured && (!config.response.defined() || config.response.dim() != 2)) {
    fail("CONFIG_LOSS", "css and smoothStart need a camera response of shape [bands, rgbBands]");
  }
  if (!config.fixed_indices.empty() && config.fixed_indices.size() != 3) {
    fail("CONFIG_LOSS", "fixedIndices holds ", config.fixed_indices.size(), " bands, expected 3");
  }
  if (!(config.smooth_start >= 0 && config.smooth_start <= 1)) {
    fail("CONFIG_LOSS", "smoothStart is ", config.smooth_start, ", expected a share from 0 to 1");
  }
  if (config.mrae_floor < 0 || !std::isfinite(config.mrae_floor)) {
    fail("CONFIG_LOSS", "mraeFloor is ", config.mrae_floor, ", expected 0 or more");
  }
}

void expect(const at::Tensor& tensor, const char* what, const LossInputs& inputs) {
  const auto& y = inputs.prediction;
  if (!tensor.defined()) fail("TENSOR_EXPECTED", "loss: ", what, " is missing");
  if (tensor.dim() != 4 || tensor.size(0) != y.size(0) || tensor.size(2) != y.size(2) ||
      tensor.size(3) != y.size(3)) {
    fail("TENSOR_SHAPE", "loss: found a prediction of shape ", y.sizes(), " and ", what,
         " of shape ", tensor.sizes(), ", expected the same batch, height and width");
  }
}

void check_inputs(const LossConfig& config, const LossInputs& inputs) {
  const auto& y = inputs.prediction;
  if (!y.defined() || y.dim() != 4 || !at::isFloatingType(y.scalar_type())) {
    fail("TENSOR_SHAPE", "loss: expected a floating point prediction of shape ",
         "[batch, bands, height, width]", y.defined() ? c10::str(", found ", y.sizes()) : "");
  }
  if (config.paradigm == Paradigm::kUnsupervised) return expect(inputs.rgb, "rgb", inputs);
  expect(inputs.truth, "truth", inputs);
  if (inputs.truth.sizes() != y.sizes()) {
    fail("TENSOR_SHAPE", "loss: found a prediction of shape ", y.sizes(), " and a truth of shape ",
         inputs.truth.sizes(), ", expected the same number of bands");
  }
}

// Losses are computed in float32 at least: E[x^2] - E[x]^2 has no digits left in bfloat16.
at::Tensor widen(const at::Tensor& x) {
  if (!x.defined() || x.scalar_type() == at::kDouble) return x;
  return x.to(at::kFloat);
}

}  // namespace

Loss::Loss(LossConfig config) : config_(std::move(config)) {
  check_terms(config_);
  check_settings(config_);
  config_.usam.published = config_.published;
  if (!wants(config_, "perceptual")) return;
  if (config_.features.empty()) {
    features_.emplace(config_.feature_seed);
  } else {
    features_.emplace(config_.features);
  }
}

std::string Loss::features() const {
  if (!features_) return "none";
  return config_.features.empty() ? "random" : "given";
}

LossValue Loss::operator()(const LossInputs& given) {
  check_inputs(config_, given);
  const LossInputs inputs{widen(given.prediction), widen(given.rgb), widen(given.truth)};
  LossValue value;
  for (const auto& name : known_terms(config_.paradigm)) {
    if (!wants(config_, name)) continue;
    const auto one = term(name, inputs, value);
    value.terms.emplace_back(name, one.detach());
    const auto weighted = one * config_.terms.at(name);
    value.total = value.total.defined() ? value.total + weighted : weighted;
  }
  if (config_.smooth_start > 0) add_smooth_start(inputs, value);
  return value;
}

void Loss::add_smooth_start(const LossInputs& inputs, LossValue& value) {
  const auto response = response_for(inputs);
  if (!metamer_.defined()) metamer_ = smoothest_metamer(response);
  const auto one =
      smooth_start_loss(inputs.prediction, inputs.rgb, metamer_.to(response.scalar_type()));
  value.terms.emplace_back("smoothStart", one.detach());
  const double share = config_.smooth_start;
  value.total = (1 - share) * value.total + share * one;
}

at::Tensor Loss::term(const std::string& name, const LossInputs& inputs, LossValue& value) {
  const auto& y = inputs.prediction;
  if (name == "css") return colour_loss(y, inputs.rgb, response_for(inputs), config_.shift);
  if (name == "perceptual") return perceptual(inputs, value);
  if (name == "mrae") return mrae_loss(y, inputs.truth, config_.mrae_floor);
  if (name == "l1") return at::l1_loss(y, inputs.truth);
  if (name == "rmse") return rmse_loss(y, inputs.truth);
  if (name == "mse") return at::mse_loss(y, inputs.truth);
  if (name == "sam") return sam_loss(y, inputs.truth);
  if (name == "spatialTv") return spatial_variation(y);
  if (name == "spectralTv") return spectral_variation(y);
  // The reference turns its list of 30 scalars into a fresh tensor, which cuts the graph.
  return 1 - neighbour_ssim(config_.published ? y.detach() : y).mean();
}

at::Tensor Loss::perceptual(const LossInputs& inputs, LossValue& value) {
  const auto& y = inputs.prediction;
  if (inputs.rgb.size(1) != 3) {
    fail("TENSOR_SHAPE", "the perceptual term compares three bands, found rgb of shape ",
         inputs.rgb.sizes(), ": switch it off with a weight of 0");
  }
  value.indices = config_.fixed_indices.empty() ? usam(y, config_.usam).indices
                                                : at::tensor(config_.fixed_indices, at::kLong);
  for (const int64_t band : config_.fixed_indices) {
    if (band < 0 || band >= y.size(1)) {
      fail("CONFIG_LOSS", "fixedIndices names band ", band, ", the cube has ", y.size(1));
    }
  }
  return perceptual_loss(*features_, y, inputs.rgb, value.indices);
}

at::Tensor Loss::response_for(const LossInputs& inputs) {
  const auto& y = inputs.prediction;
  auto& response = config_.response;
  if (response.size(0) != y.size(1) || response.size(1) != inputs.rgb.size(1)) {
    fail("TENSOR_SHAPE", "css: found a prediction of ", y.size(1), " bands and rgb of ",
         inputs.rgb.size(1), ", expected ", response.size(0), " and ", response.size(1),
         " as in the camera response");
  }
  if (response.device() != y.device()) response = response.to(y.device());
  return response.to(y.scalar_type());
}

}  // namespace hyperlift
