// A network made usable: any image size (reflection padding to the size rule, crop back), named
// parameters in the authors' order, precision.
#pragma once

#include "models/registry.h"

namespace hyperlift {

// bfloat16 runs the heavy layers in bfloat16 (autocast); weights and results stay float32.
enum class Precision { float32, bfloat16 };

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

class Model {
 public:
  // Weights are initialised as the authors do, from `seed`; the network is in evaluation mode.
  Model(const std::string& id, const OptionMap& options, uint64_t seed);

  // x: [B, inBands, H, W], any H and W -> [B, outBands, H, W]. Without gradients
  // (torch::NoGradGuard) the layers take their inference paths.
  at::Tensor forward(const at::Tensor& x, Precision precision = Precision::float32);

  const ModelFacts& facts() const { return entry_->facts; }
  const OptionMap& options() const { return options_; }
  Network& network() { return *network_; }
  FittedNetwork& fitted();  // MODEL_NOT_FITTED for a network that is trained by steps
  // One more pair for a network in closed form: x [B, inBands, H, W], y [B, outBands, H, W].
  void accumulate(const at::Tensor& x, const at::Tensor& y);

  // Parameters, then buffers, by the authors' state_dict keys and in their order. They share
  // storage with the network: write them in place (copy_, add_, or a kernel followed by
  // bump_version), so that packed copies are renewed.
  NamedTensors state() const;
  // The parameters that an optimizer trains: without the frozen ones.
  NamedTensors trainable() const;
  int64_t parameters_count() const;

  // Copies values in by name; an unknown name or another shape is CHECKPOINT_MISMATCH. Names that
  // are not given keep their values.
  void load(const std::map<std::string, at::Tensor>& values);

  void to(const at::Device& device);
  void train(bool on);

 private:
  const ModelEntry* entry_;
  OptionMap options_;
  std::shared_ptr<Network> network_;
};

}  // namespace hyperlift
