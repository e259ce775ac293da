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

  // x: [B, inBands, H, W], any H and W -> [B, outBands, H, W]; spatial: [B, bands, H, W] ->
  // [B, bands, scale H, scale W]. Without gradients (torch::NoGradGuard) the layers take their
  // inference paths.
  at::Tensor forward(const at::Tensor& x, Precision precision = Precision::float32);
  // A spatial network with the caller's own interpolated cube, [B, bands, scale H, scale W].
  at::Tensor forward(const at::Tensor& x, const at::Tensor& enlarged, Precision precision);

  const ModelFacts& facts() const { return entry_->facts; }
  const OptionMap& options() const { return options_; }
  Network& network() { return *network_; }
  FittedNetwork& fitted();  // MODEL_NOT_FITTED for a network that is trained by steps
  // CONFIG_TRAINER for a network that does not go from band to band.
  RecurrentNetwork& recurrent();
  int64_t scale() const;  // 1 for a network of the task `spectral`
  // One more pair for a network in closed form: x [B, inBands, H, W], y [B, outBands, H, W].
  void accumulate(const at::Tensor& x, const at::Tensor& y);

  // Parameters, then buffers, by the authors' state_dict keys and in their order. They share
  // storage with the network: write them in place (copy_, add_, or a kernel followed by
  // bump_version), so that packed copies are renewed.
  // A parameter that the authors registered under several names stands under each of them.
  NamedTensors state() const;
  // Further names of such a parameter, each with the first one, under which it is trained.
  std::map<std::string, std::string> aliases() const;
  // The parameters that an optimizer trains: without the frozen ones, each once, by its first name.
  NamedTensors trainable() const;
  int64_t parameters_count() const;

  // Copies values in by name; an unknown name, another shape, or two names of one parameter with
  // different values are CHECKPOINT_MISMATCH. Names that are not given keep their values.
  void load(const std::map<std::string, at::Tensor>& values);

  void to(const at::Device& device);
  void train(bool on);

 private:
  void check_values(const std::map<std::string, at::Tensor>& values,
                    const std::map<std::string, at::Tensor>& own) const;

  const ModelEntry* entry_;
  OptionMap options_;
  std::shared_ptr<Network> network_;
};

}  // namespace hyperlift
