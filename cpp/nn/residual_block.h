// EDSR's residual block (Lim et al., CVPRW 2017, figure 2 c), and the convolution it is made of.
#pragma once

#include "core/torch.h"
#include "nn/conv.h"

namespace hyperlift::nn {

// 3 x 3, padding 1, with bias.
Conv conv3(int64_t in, int64_t out);

// x + scale * conv(relu(conv(x))); keys body.0, body.2.
class ResBlockImpl : public torch::nn::Module {
 public:
  ResBlockImpl(int64_t width, double scale);

  at::Tensor forward(const at::Tensor& x);  // [B, width, H, W]

 private:
  double scale_;
  Conv first_;
  Conv second_;
};
TORCH_MODULE(ResBlock);

}  // namespace hyperlift::nn
