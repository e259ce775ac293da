#include "ops/pictures.h"

#include "core/error.h"

namespace hyperlift {

at::Tensor srgb_picture(const at::Tensor& given, const at::Tensor& table) {
  const auto cube = given.dim() == 4 && given.size(0) == 1 ? given[0] : given;
  if (cube.dim() != 3 || table.dim() != 2 || table.size(0) != cube.size(0) || table.size(1) != 3) {
    fail("TENSOR_SHAPE", "srgbPicture: found a cube of ", cube.sizes(), " and a table of ",
         table.sizes(), ", expected [bands, height, width] and [bands, 3]");
  }
  const at::NoGradGuard no_grad;
  const auto weights = table.to(cube.device(), at::kFloat).t();           // [3, B]
  const auto values = cube.to(at::kFloat).flatten(1);                     // [B, H*W]
  const auto linear = weights.matmul(values).nan_to_num(0).clamp_(0, 1);  // [3, H*W]
  const auto coded =
      at::where(linear <= 0.0031308, linear * 12.92, linear.pow(1 / 2.4) * 1.055 - 0.055);
  return (coded * 255)
      .round_()
      .to(at::kByte)
      .t()
      .contiguous()
      .view({cube.size(1), cube.size(2), 3});
}

at::Tensor colour_picture(const at::Tensor& map, const at::Tensor& colours, double top) {
  if (map.dim() != 2 || colours.dim() != 2 || colours.size(1) != 3 || !(top > 0)) {
    fail("TENSOR_SHAPE", "colourPicture: found a map of ", map.sizes(), ", colours of ",
         colours.sizes(), " and top ", top,
         ", expected [height, width], [colours, 3] and a top above 0");
  }
  const at::NoGradGuard no_grad;
  const auto last = static_cast<double>(colours.size(0) - 1);
  const auto value = map.to(at::kDouble);
  const auto place = (value.nan_to_num(0) / top * last).round_().clamp_(0, last).to(at::kLong);
  auto picture = colours.to(map.device()).index({place});  // [H, W, 3]
  picture.index_put_({value.isnan()}, at::full({}, 128, picture.options()));
  return picture.contiguous();
}

}  // namespace hyperlift
