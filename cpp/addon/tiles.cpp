// Tiles of large images (cpp/ops/tiles.h). Image, strip and tiles stay native; JavaScript hands
// over corners and weights.
#include "ops/tiles.h"

#include "addon/convert.h"
#include "addon/exports.h"
#include "addon/tensor_handle.h"
#include "core/device.h"

namespace hyperlift::addon {
namespace {

Napi::Value wrap(Napi::Env env, at::Tensor&& tensor) {
  return TensorHandle::wrap(env, std::move(tensor));
}
Napi::Value nothing(Napi::Env env) { return env.Undefined(); }

std::vector<Corner> corners_of(const Napi::Value& value) {
  const auto numbers = integers_of(value, "corners");
  if (numbers.size() % 2 != 0) fail("ADDON_ARGUMENT", "corners: expected pairs of row and column");
  std::vector<Corner> corners;
  for (size_t i = 0; i < numbers.size(); i += 2) corners.push_back({numbers[i], numbers[i + 1]});
  return corners;
}

at::Tensor weights_of(const Napi::Value& value, const char* what) {
  const auto numbers = numbers_of(value, what);
  return at::tensor(numbers, at::kDouble).to(at::kFloat);
}

// newStrip(bands, lines, across): zeros, float32
Napi::Value new_strip(const Napi::CallbackInfo& info) {
  const auto bands = integer_of(info[0], "bands");
  const auto lines = integer_of(info[1], "lines");
  return TensorHandle::wrap(info.Env(), at::zeros({bands, lines, integer_of(info[2], "across")}));
}

// cutTiles(image, corners, height, width, mapping): mapping has the members of ImageMapping
Napi::Value cut(const Napi::CallbackInfo& info) {
  const auto image = TensorHandle::unwrap(info[0], "image");
  const auto corners = corners_of(info[1]);
  const auto height = integer_of(info[2], "height");
  const auto width = integer_of(info[3], "width");
  const auto options = object_of(info[4], "mapping");
  const ImageMapping mapping{get<number_of>(options, "scale"),
                             get<boolean_of>(options, "srgb"),
                             get<numbers_of>(options, "matrix"),
                             get<boolean_of>(options, "clampNegative"),
                             get<number_of>(options, "offset"),
                             get<number_of>(options, "gain"),
                             device_of(get<string_of>(options, "device"))};
  return Environment::of(info.Env())
      .enqueue(
          info.Env(), [=] { return cut_tiles(image, corners, height, width, mapping); }, wrap);
}

// blendTiles(strip, tiles, corners, rowWeights, columnWeights, turned): `turned` strips are [B,
// columns, rows].
Napi::Value blend(const Napi::CallbackInfo& info) {
  auto strip = TensorHandle::unwrap(info[0], "strip");
  const auto tiles = TensorHandle::unwrap(info[1], "tiles");
  const auto corners = corners_of(info[2]);
  const auto rows = weights_of(info[3], "rowWeights");
  const auto columns = weights_of(info[4], "columnWeights");
  if (boolean_of(info[5], "turned")) strip = strip.transpose(1, 2);
  return Environment::of(info.Env())
      .enqueue(
          info.Env(), [=] { blend_tiles(strip, tiles, corners, rows, columns); }, nothing);
}

// takeLines(strip, count)
Napi::Value take(const Napi::CallbackInfo& info) {
  const auto strip = TensorHandle::unwrap(info[0], "strip");
  const auto count = integer_of(info[1], "count");
  return Environment::of(info.Env())
      .enqueue(
          info.Env(), [=] { return take_lines(strip, count); }, wrap);
}

// placeTiles(target, tiles, placements): rows of eight integers, in the order of Placement's
// members.
Napi::Value place(const Napi::CallbackInfo& info) {
  const auto target = TensorHandle::unwrap(info[0], "target");
  const auto tiles = TensorHandle::unwrap(info[1], "tiles");
  const auto numbers = integers_of(info[2], "placements");
  if (numbers.size() % 8 != 0) fail("ADDON_ARGUMENT", "placements: expected rows of 8 numbers");
  std::vector<Placement> placements;
  for (size_t i = 0; i < numbers.size(); i += 8) {
    const int64_t* row = numbers.data() + i;
    placements.push_back({row[0], {row[1], row[2]}, {row[3], row[4]}, row[5], row[6], row[7] != 0});
  }
  return Environment::of(info.Env())
      .enqueue(
          info.Env(), [=] { place_tiles(target, tiles, placements); }, nothing);
}

// averageInto(target, source, row, column)
Napi::Value average(const Napi::CallbackInfo& info) {
  const auto target = TensorHandle::unwrap(info[0], "target");
  const auto source = TensorHandle::unwrap(info[1], "source");
  const Corner corner{integer_of(info[2], "row"), integer_of(info[3], "column")};
  return Environment::of(info.Env())
      .enqueue(
          info.Env(), [=] { average_into(target, source, corner); }, nothing);
}

// clampUnit(cube): to [0, 1], in place
Napi::Value clamp_unit(const Napi::CallbackInfo& info) {
  auto cube = TensorHandle::unwrap(info[0], "cube");
  return Environment::of(info.Env())
      .enqueue(
          info.Env(),
          [=] {
            const at::NoGradGuard no_grad;
            cube.clamp_(0, 1);
          },
          nothing);
}

// turnedCube(cube): [B, H, W] -> [B, W, H], a copy
Napi::Value turned_cube(const Napi::CallbackInfo& info) {
  const auto cube = TensorHandle::unwrap(info[0], "cube");
  return Environment::of(info.Env())
      .enqueue(
          info.Env(), [=] { return cube.transpose(1, 2).contiguous(); }, wrap);
}

// flipRows(image): upside down, [C, H, W]
Napi::Value flip_rows(const Napi::CallbackInfo& info) {
  const auto image = TensorHandle::unwrap(info[0], "image");
  return Environment::of(info.Env())
      .enqueue(
          info.Env(), [=] { return image.flip({1}); }, wrap);
}

// scaledValues(values, scale)
Napi::Value scaled(const Napi::CallbackInfo& info) {
  const auto values = TensorHandle::unwrap(info[0], "values");
  const auto scale = number_of(info[1], "scale");
  return Environment::of(info.Env())
      .enqueue(
          info.Env(), [=] { return scaled_values(values, scale); }, wrap);
}

// valueRange(values): [least, most]
Napi::Value range(const Napi::CallbackInfo& info) {
  const auto values = TensorHandle::unwrap(info[0], "values");
  return Environment::of(info.Env())
      .enqueue(
          info.Env(), [=] { return value_range(values); },
          [](Napi::Env env, std::pair<double, double>&& found) -> Napi::Value {
            return to_js(env, std::vector<double>{found.first, found.second});
          });
}

// entropyMap(cube)
Napi::Value entropy(const Napi::CallbackInfo& info) {
  const auto cube = TensorHandle::unwrap(info[0], "cube");
  return Environment::of(info.Env())
      .enqueue(
          info.Env(), [=] { return entropy_map(cube); }, wrap);
}

void init_tiles(Napi::Env env, Napi::Object exports) {
  exports.Set("newStrip", guarded<new_strip>(env, "newStrip"));
  exports.Set("cutTiles", guarded<cut>(env, "cutTiles"));
  exports.Set("blendTiles", guarded<blend>(env, "blendTiles"));
  exports.Set("takeLines", guarded<take>(env, "takeLines"));
  exports.Set("placeTiles", guarded<place>(env, "placeTiles"));
  exports.Set("averageInto", guarded<average>(env, "averageInto"));
  exports.Set("clampUnit", guarded<clamp_unit>(env, "clampUnit"));
  exports.Set("turnedCube", guarded<turned_cube>(env, "turnedCube"));
  exports.Set("flipRows", guarded<flip_rows>(env, "flipRows"));
  exports.Set("scaledValues", guarded<scaled>(env, "scaledValues"));
  exports.Set("valueRange", guarded<range>(env, "valueRange"));
  exports.Set("entropyMap", guarded<entropy>(env, "entropyMap"));
}
HYPERLIFT_EXPORTS(init_tiles)

}  // namespace
}  // namespace hyperlift::addon
