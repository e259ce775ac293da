// A state that goes from band to band and enters linearly.
#pragma once

#include "core/torch.h"

namespace hyperlift::nn {

// state_i = own f_i + previous state_(i-1) + bias at each pixel, state_0 = f_0. The state of the
// band before is cut from the graph, as the published loops do.
struct BandRecurrence {
  at::Tensor own;       // [C, C]
  at::Tensor previous;  // [C, C]
  at::Tensor bias;      // [C]

  // features, state: [B, C, H, W]; an undefined state says that this is the first band.
  at::Tensor next(const at::Tensor& features, const at::Tensor& state) const;
  // features: [B * L, C, H, W], the L bands of a cube one behind the other -> the L states
  at::Tensor all(const at::Tensor& features, int64_t bands) const;
};

}  // namespace hyperlift::nn
