// EDSR's upsampler: convolutions, each followed by a pixel shuffle (Shi et al., CVPR 2016).
#pragma once

#include "core/torch.h"
#include "nn/conv.h"

namespace hyperlift::nn {

// No activation. Keys 0, 2, 4: the shuffles hold the odd places. At scale 1 it is empty.
class ShuffleUpsamplerImpl : public torch::nn::Module {
 public:
  ShuffleUpsamplerImpl(int64_t width, int64_t scale);

  at::Tensor forward(at::Tensor x);  // [B, width, H, W] -> [B, width, scale H, scale W]

 private:
  std::vector<int64_t> factors_;
  std::vector<Conv> convs_;
};
TORCH_MODULE(ShuffleUpsampler);

}  // namespace hyperlift::nn
