// The end of the band networks: convolutions and pixel shuffles up to the scale, one convolution to
// a single band, no activation.
#pragma once

#include "nn/normed_conv.h"

namespace hyperlift::nn {

class ShuffleTail {
 public:
  ShuffleTail(int64_t width, int64_t scale);

  // [N, C, H, W] -> [N, 1, scale H, scale W]. Inference takes the last two convolutions, which have
  // only a shuffle between them, as one to the pixels of the shuffle: they are most of the work.
  at::Tensor operator()(const at::Tensor& x);

  // The convolutions as nn.Sequential numbers them, each before its shuffle; then the last.
  torch::nn::ModuleList enlarging() const;
  const NormedConv& last() const { return last_; }

 private:
  struct Merged {
    at::Tensor weight;  // [r * r, C, 5, 5]
    at::Tensor bias;    // [r * r]
  };

  at::Tensor enlarged(const at::Tensor& x, size_t i);  // by the i-th factor
  Merged merge() const;
  at::Tensor merged(const at::Tensor& x);
  void mend_borders(const at::Tensor& x, const at::Tensor& y, bool rows);

  std::vector<int64_t> factors_;
  std::vector<NormedConv> convs_;
  NormedConv last_;
  Derived<Merged> merged_;
  FusedConv fused_;
};

}  // namespace hyperlift::nn
