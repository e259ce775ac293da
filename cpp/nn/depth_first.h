// Windows of a few bands as volumes, depth first: [D * N, C, H, W] is D maps of N samples each, so
// that the maps of one depth are a block of memory and a convolution along the depth needs no copy.
#pragma once

#include "nn/normed_conv.h"

namespace hyperlift::nn {

// then(conv(x) + addend) of a kernel along the depth; the addend may be undefined.
at::Tensor along_depth(NormedConv& conv, const at::Tensor& x, int64_t depth,
                       const at::Tensor& addend = {}, const Activation& then = {});

// then(spatial(x) + spectral(x) + addend)
at::Tensor both_ways(NormedConv& spatial, NormedConv& spectral, const at::Tensor& x, int64_t depth,
                     const at::Tensor& addend = {}, const Activation& then = {});

}  // namespace hyperlift::nn
