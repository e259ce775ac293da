#include "ops/window_attention.h"

namespace hyperlift {

namespace {

// [B, H, W, C] -> [B * windows, N, C]
at::Tensor cut(const at::Tensor& image, const Windows& windows) {
  return image.unflatten(2, {-1, windows.width})
      .unflatten(1, {-1, windows.height})
      .permute({0, 1, 3, 2, 4, 5})
      .flatten(3, 4)
      .flatten(0, 2);
}

// [B * windows, N, C] -> [B, H, W, C]
at::Tensor put_together(const at::Tensor& cuts, int64_t height, int64_t width,
                        const Windows& windows) {
  return cuts.unflatten(1, {windows.height, windows.width})
      .unflatten(0, {-1, height / windows.height, width / windows.width})
      .permute({0, 1, 3, 2, 4, 5})
      .flatten(3, 4)
      .flatten(1, 2);
}

// The parts of a side that a roll leaves together: before the last window, the last window's pixels
// from before the seam, and those from behind it.
at::Tensor parts(int64_t side, int64_t window, int64_t shift, const at::TensorOptions& options) {
  const auto at = at::arange(side, options);
  return at.ge(side - window).to(at::kLong) + at.ge(side - shift);
}

// The convolution of each window alone.
at::Tensor local_positions(const at::Tensor& v, const Windows& windows,
                           const WindowPositions& positions) {  // [B * windows, N, C]
  const auto images = v.unflatten(1, {windows.height, windows.width}).permute({0, 3, 1, 2});
  const auto out = at::conv2d(images, positions.kernel, positions.kernel_bias, 1, 1, 1, v.size(2));
  return out.permute({0, 2, 3, 1}).flatten(1, 2);
}

}  // namespace

at::Tensor seam_mask(int64_t height, int64_t width, const Windows& windows,
                     const at::TensorOptions& options) {
  const auto rows = parts(height, windows.height, windows.shift, options.dtype(at::kLong));
  const auto columns = parts(width, windows.width, windows.shift, options.dtype(at::kLong));
  const auto image = (rows.unsqueeze(1) * 3 + columns).view({1, height, width, 1});
  const auto regions = cut(image, windows).squeeze(-1);  // [windows, N]
  const auto differ = regions.unsqueeze(1).ne(regions.unsqueeze(2));
  return differ.to(options.dtype()).mul(-100.0).unsqueeze(1);
}

at::Tensor window_attention_by_parts(const at::Tensor& qkv, int64_t heads, const Windows& windows,
                                     const WindowPositions& positions) {
  const int64_t height = qkv.size(1);
  const int64_t width = qkv.size(2);
  auto image = qkv.flatten(3);  // [B, H, W, 3 C]
  if (windows.shift > 0) image = image.roll({-windows.shift, -windows.shift}, {1, 2});
  const auto tokens = cut(image, windows);  // [B * windows, N, 3 C]
  const auto parts_of = tokens.unflatten(2, {3, heads, -1}).permute({2, 0, 3, 1, 4}).unbind(0);
  auto mask = positions.bias.defined() ? positions.bias.unsqueeze(0) : at::Tensor();
  if (windows.masked && windows.shift > 0) {
    const auto seams = seam_mask(height, width, windows, qkv.options().requires_grad(false))
                           .repeat({qkv.size(0), 1, 1, 1});
    mask = mask.defined() ? seams + mask : seams;
  }
  const auto seen = at::scaled_dot_product_attention(
      parts_of[0], parts_of[1], parts_of[2],
      mask.defined() ? std::optional(mask.to(qkv.scalar_type())) : std::nullopt);
  auto out = seen.transpose(1, 2).flatten(2);  // [B * windows, N, C]
  if (positions.kernel.defined()) {
    const int64_t channels = qkv.size(4);
    out = out + local_positions(tokens.slice(2, 2 * channels), windows, positions);
  }
  out = put_together(out, height, width, windows);
  return windows.shift > 0 ? out.roll({windows.shift, windows.shift}, {1, 2}) : out;
}

}  // namespace hyperlift
