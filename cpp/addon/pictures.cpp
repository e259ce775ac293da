// Pictures of cubes and maps (cpp/ops/pictures.h).
#include "ops/pictures.h"

#include "addon/convert.h"
#include "addon/exports.h"
#include "addon/tensor_handle.h"

namespace hyperlift::addon {
namespace {

Napi::Value wrap(Napi::Env env, at::Tensor&& tensor) {
  return TensorHandle::wrap(env, std::move(tensor));
}

// srgbPicture(cube, table): table is row-major [bands, 3]
Napi::Value srgb(const Napi::CallbackInfo& info) {
  const auto cube = TensorHandle::unwrap(info[0], "cube");
  const auto numbers = numbers_of(info[1], "table");
  const auto table = at::tensor(numbers, at::kDouble);
  if (numbers.size() % 3 != 0) fail("ADDON_ARGUMENT", "table: expected rows of 3 numbers");
  return Environment::of(info.Env())
      .enqueue(
          info.Env(),
          [=] {
            return srgb_picture(cube, table.view({-1, 3}));
          },
          wrap);
}

// colourPicture(map, colours, top)
Napi::Value colour(const Napi::CallbackInfo& info) {
  const auto map = TensorHandle::unwrap(info[0], "map");
  const auto colours = TensorHandle::unwrap(info[1], "colours");
  const auto top = number_of(info[2], "top");
  return Environment::of(info.Env())
      .enqueue(
          info.Env(), [=] { return colour_picture(map, colours, top); }, wrap);
}

void init_pictures(Napi::Env env, Napi::Object exports) {
  exports.Set("srgbPicture", guarded<srgb>(env, "srgbPicture"));
  exports.Set("colourPicture", guarded<colour>(env, "colourPicture"));
}
HYPERLIFT_EXPORTS(init_pictures)

}  // namespace
}  // namespace hyperlift::addon
