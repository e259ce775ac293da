// A network made usable: any image size (reflection padding to the size rule, crop back), named parameters in the
// authors' order, precision and memory format.
#pragma once

#include "models/registry.h"

namespace hyperlift {

class Model {
 public:
  // Weights are initialised as the authors do, from `seed`.
  Model(const std::string& id, const OptionMap& options, uint64_t seed);

  // x: [B, inBands, H, W], any H and W that reflection padding can reach -> [B, outBands, H, W]
  at::Tensor forward(const at::Tensor& x);

  const ModelFacts& facts() const { return entry_->facts; }
  Network& network() { return *network_; }

  // Parameters and buffers by the authors' state_dict keys, in their order.
  std::vector<std::pair<std::string, at::Tensor>> state() const;
  // The parameters that an optimizer trains: without the frozen ones.
  std::vector<std::pair<std::string, at::Tensor>> trainable() const;

  void to(const at::Device& device);
  void train(bool on);

 private:
  const ModelEntry* entry_;
  std::shared_ptr<Network> network_;
};

}  // namespace hyperlift
