// The objective of a paradigm: named, weighted terms over a whole batch.
#pragma once

#include "train/losses/perceptual.h"
#include "train/losses/usam.h"

namespace hyperlift {

enum class Paradigm { kSupervised, kUnsupervised };

struct LossConfig {
  Paradigm paradigm = Paradigm::kSupervised;
  // Name to weight; a weight of 0 leaves the term out. supervised: mrae, l1, rmse, mse, sam.
  // unsupervised: css, bandSsim, perceptual.
  std::map<std::string, double> terms;
  bool published = false;                      // bandSsim is a constant, usam as published
  double mrae_floor = 1e-3;                    // 0: none
  at::Tensor response;                         // [bands, rgbBands], columns summing to 255; for css
  bool shift = true;                           // css takes the minimum of the batch off
  UsamOptions usam;                            // `published` is set from above
  std::vector<int64_t> fixed_indices;          // three bands instead of usam's choice
  std::map<std::string, at::Tensor> features;  // VGG-16 by torchvision's keys; empty: random ones
  uint64_t feature_seed = 16;
  // Unsupervised: the share of smooth_start.h in the total, 1 (nothing else) to 0 (none).
  double smooth_start = 0;
};

// Prediction and truth: [B, C, H, W]; rgb: [B, K, H, W]. A paradigm reads what it needs.
struct LossInputs {
  at::Tensor prediction;
  at::Tensor rgb;
  at::Tensor truth;
};

struct LossValue {
  at::Tensor total;                                       // differentiable scalar
  std::vector<std::pair<std::string, at::Tensor>> terms;  // each before its weight, detached
  at::Tensor indices;  // the bands of the perceptual term, where it is on
};

class Loss {
 public:
  // Throws CONFIG_LOSS for an unknown term, a missing response, or a negative or infinite weight.
  explicit Loss(LossConfig config);
  // Throws TENSOR_SHAPE, TENSOR_EXPECTED. Not for two threads at once.
  LossValue operator()(const LossInputs& inputs);
  void set_smooth_start(double share) { config_.smooth_start = share; }
  const LossConfig& config() const { return config_; }
  // What the perceptual term compares: none, random (seeded features) or given (the user's
  // weights).
  std::string features() const;

 private:
  at::Tensor term(const std::string& name, const LossInputs& inputs, LossValue& value);
  at::Tensor perceptual(const LossInputs& inputs, LossValue& value);
  at::Tensor response_for(const LossInputs& inputs);
  void add_smooth_start(const LossInputs& inputs, LossValue& value);

  LossConfig config_;
  at::Tensor metamer_;
  std::optional<Vgg16Features> features_;
};

}  // namespace hyperlift
