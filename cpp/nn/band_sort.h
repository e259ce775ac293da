// `sort.conv.weight` of the UnSSR repository's networks: the weight of a band sort that never
// trained and that no forward reads. It is registered so that their files load by name, and frozen
// at 1 (DESIGN.md, Networks).
#pragma once

#include "core/torch.h"

namespace hyperlift::nn {

class BandSortImpl : public torch::nn::Module {
 public:
  BandSortImpl() {
    conv =
        register_module("conv", torch::nn::Conv2d(torch::nn::Conv2dOptions(1, 1, 1).bias(false)));
    conv->weight.set_requires_grad(false);
    conv->weight.fill_(1.0);
  }

 private:
  torch::nn::Conv2d conv{nullptr};
};
TORCH_MODULE(BandSort);

}  // namespace hyperlift::nn
