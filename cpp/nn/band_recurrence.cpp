#include "nn/band_recurrence.h"

#include "core/autocast.h"

namespace hyperlift::nn {

namespace {

// [B * L, C, H, W] -> [B, L, H * W, C], a view of channels-last memory
at::Tensor pixel_rows(const at::Tensor& x, int64_t bands) {
  return x.contiguous(at::MemoryFormat::ChannelsLast)
      .permute({0, 2, 3, 1})
      .reshape({x.size(0) / bands, bands, x.size(2) * x.size(3), x.size(1)});
}

at::Tensor images(const at::Tensor& rows, int64_t height, int64_t width) {
  return rows.reshape({rows.size(0) * rows.size(1), height, width, rows.size(3)})
      .permute({0, 3, 1, 2});
}

// The only part that goes from band to band. first: [B, N, C]; states: [B, L - 1, N, C], in it what
// each band adds, afterwards the states.
void run(const at::Tensor& first, const at::Tensor& states, const at::Tensor& previous) {
  const auto matrix = previous.t().expand({first.size(0), -1, -1});
  auto before = first;
  for (int64_t band = 0; band < states.size(1); ++band) {
    auto state = states.select(1, band);
    state.baddbmm_(before, matrix);
    before = state;
  }
}

}  // namespace

at::Tensor BandRecurrence::next(const at::Tensor& features, const at::Tensor& state) const {
  const NoAutocast in_full_precision;  // rounding would add up from band to band
  auto wide = features.to(own.scalar_type());
  if (!state.defined()) return wide;
  const auto rows = at::linear(pixel_rows(wide, 1), own, bias);
  const auto sum = rows + at::linear(pixel_rows(state.detach(), 1), previous);
  return images(sum, features.size(2), features.size(3));
}

at::Tensor BandRecurrence::all(const at::Tensor& features, int64_t bands) const {
  const NoAutocast in_full_precision;
  const auto rows = pixel_rows(features.to(own.scalar_type()), bands);
  const auto first = rows.slice(1, 0, 1);
  auto driven = at::linear(rows.slice(1, 1), own, bias);
  const bool differentiable = at::GradMode::is_enabled();
  const auto states = differentiable ? driven.detach().clone() : driven;
  {
    const at::NoGradGuard no_grad;
    run(first.detach().squeeze(1), states, previous.detach());
  }
  if (differentiable) {
    const auto before = at::cat({first.detach(), states.slice(1, 0, bands - 2)}, 1);
    driven = driven + at::linear(before, previous);
  }
  return images(at::cat({first, driven}, 1), features.size(2), features.size(3));
}

}  // namespace hyperlift::nn
