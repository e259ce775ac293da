#include "addon/convert.h"
#include "addon/exports.h"
#include "addon/scene_store_handle.h"
#include "addon/tensor_handle.h"
#include "addon/training_config.h"

#include <cstring>

namespace hyperlift::addon {

namespace {

at::ScalarType stored_type(const Napi::TypedArray& values, const std::string& scene) {
  switch (values.TypedArrayType()) {
    case napi_uint8_array:
      return at::kByte;
    case napi_uint16_array:
      return at::kUInt16;
    case napi_float32_array:
      return at::kFloat;
    default:
      fail("DATA_SCENE", "scene ", scene,
           ": expected values in a Uint8Array, Uint16Array or Float32Array");
  }
}

at::ScalarType mapped_type(const std::string& name, const std::string& scene) {
  static const std::map<std::string, at::ScalarType> types{{"uint8", at::kByte},
                                                           {"uint16", at::kUInt16},
                                                           {"float16", at::kHalf},
                                                           {"float32", at::kFloat}};
  const auto found = types.find(name);
  if (found != types.end()) return found->second;
  fail("DATA_SCENE", "scene ", scene, ": mapped values are of dtype ", name,
       ", expected uint8, uint16, float16 or float32");
}

// {file, offset, dtype, tile, bands, scale}
Plane mapped_plane_of(const Napi::Object& given, const char* name, const Scene& scene) {
  const auto bands = get<integer_of>(given, "bands");
  const auto tile = get<integer_of>(given, "tile");
  if (bands < 1 || scene.height < 1 || scene.width < 1 || tile < 1) {
    fail("DATA_SCENE", "scene ", scene.name, ": the mapped ", name, " has ", bands, " bands of ",
         scene.height, " x ", scene.width, " pixels in tiles of ", tile, ", expected 1 or more");
  }
  const auto type = mapped_type(get<string_of>(given, "dtype"), scene.name);
  Plane plane = map_plane(get<string_of>(given, "file"), get<integer_of>(given, "offset"),
                          {bands, scene.height, scene.width}, type, tile);
  plane.scale = get<number_of>(given, "scale");
  return plane;
}

Plane copied_plane_of(const Napi::Object& given, const char* name, const Scene& scene) {
  const auto values = typed_array_of(given.Get("values"), "values");
  const auto bands = get<integer_of>(given, "bands");
  if (bands < 1 || scene.height < 1 || scene.width < 1 ||
      bands * scene.height * scene.width != static_cast<int64_t>(values.ElementLength())) {
    fail("DATA_SCENE", "scene ", scene.name, ": the ", name, " holds ", values.ElementLength(),
         " values, expected ", bands, " x ", scene.height, " x ", scene.width);
  }
  Plane plane;
  plane.values = at::empty({bands, scene.height, scene.width}, stored_type(values, scene.name));
  std::memcpy(plane.values.mutable_data_ptr(), data_of(values), values.ByteLength());
  plane.scale = get<number_of>(given, "scale");
  return plane;
}

std::optional<Plane> plane_of(const Napi::Object& object, const char* name, const Scene& scene) {
  const auto value = object.Get(name);
  if (value.IsUndefined() || value.IsNull()) return std::nullopt;
  const auto given = object_of(value, name);
  return given.Has("file") ? mapped_plane_of(given, name, scene)
                           : copied_plane_of(given, name, scene);
}

}  // namespace

const SceneStoreHandle::Payload& SceneStoreHandle::store() const {
  if (!store_) fail("DATA_SCENE", "this scene store was disposed");
  return store_;
}

Napi::Value SceneStoreHandle::add(const Napi::CallbackInfo& info) {
  const auto object = object_of(info[0], "scene");
  Scene scene;
  scene.name = get_or<string_of>(object, "name", c10::str(store()->count()));
  scene.height = get<integer_of>(object, "height");
  scene.width = get<integer_of>(object, "width");
  scene.cube = plane_of(object, "cube", scene);
  scene.rgb = plane_of(object, "rgb", scene);
  return Napi::Number::New(info.Env(), static_cast<double>(store()->add(std::move(scene))));
}

namespace {

Area area_of(const Napi::Value& value) {
  const auto given = object_of(value, "area");
  return {.row = get<integer_of>(given, "row"),
          .column = get<integer_of>(given, "column"),
          .height = get<integer_of>(given, "height"),
          .width = get<integer_of>(given, "width")};
}

}  // namespace

// addResized(scene, {row, column, height, width}, factor) -> Promise<number>
Napi::Value SceneStoreHandle::add_resized(const Napi::CallbackInfo& info) {
  const auto scene = integer_of(info[0], "scene");
  const auto area = area_of(info[1]);
  const auto factor = number_of(info[2], "factor");
  return Environment::of(info.Env())
      .enqueue(
          info.Env(),
          [store = this->store(), scene, area, factor] {
            return store->add_resized(scene, area, factor);
          },
          [](Napi::Env env, int64_t&& number) {
            return Napi::Number::New(env, static_cast<double>(number));
          });
}

// resized(scene, {row, column, height, width}, factor) -> Promise<tensor>
Napi::Value SceneStoreHandle::resized(const Napi::CallbackInfo& info) {
  const auto scene = integer_of(info[0], "scene");
  const auto area = area_of(info[1]);
  const auto factor = number_of(info[2], "factor");
  return Environment::of(info.Env())
      .enqueue(
          info.Env(),
          [store = this->store(), scene, area, factor] {
            return store->resized(scene, area, factor);
          },
          [](Napi::Env env, at::Tensor&& cube) { return TensorHandle::wrap(env, cube); });
}

Napi::Value SceneStoreHandle::count(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(store_ ? store_->count() : 0));
}

Napi::Value SceneStoreHandle::bytes(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(store_ ? store_->bytes() : 0));
}

// sample(plan, {patch, camera, stretch, cubes, seed, first}): one batch, as training sees it
Napi::Value SceneStoreHandle::sample(const Napi::CallbackInfo& info) {
  const auto plan = integers_of(info[0], "plan");
  const auto object = object_of(info[1], "options");
  const auto first = get_or<integer_of>(object, "first", int64_t{0});
  const auto config = sampler_config_of(object);
  return Environment::of(info.Env())
      .enqueue(
          info.Env(),
          [store = this->store(), plan, config, first] {
            const Sampler sampler(store, config);
            const auto rows = sampler.rows(plan);
            return sampler.gather(rows.data(), static_cast<int64_t>(rows.size()), first);
          },
          [](Napi::Env env, Batch&& batch) {
            auto result = Napi::Object::New(env);
            result["rgb"] = TensorHandle::wrap(env, batch.rgb);
            result["cube"] =
                batch.cube.defined() ? TensorHandle::wrap(env, batch.cube) : env.Null();
            return Napi::Value(result);
          });
}

Napi::Value SceneStoreHandle::dispose(const Napi::CallbackInfo& info) {
  store_.reset();
  return info.Env().Undefined();
}

namespace {

Napi::Value create_scene_store(const Napi::CallbackInfo& info) {
  return SceneStoreHandle::create(info.Env(), std::make_shared<SceneStore>());
}

void init_scene_store(Napi::Env env, Napi::Object exports) {
  using Handle = SceneStoreHandle;
  Handle::define(
      env, {Handle::method<&Handle::add>("add"), Handle::method<&Handle::add_resized>("addResized"),
            Handle::method<&Handle::resized>("resized"), Handle::getter<&Handle::count>("count"),
            Handle::getter<&Handle::bytes>("bytes"), Handle::method<&Handle::sample>("sample"),
            Handle::method<&Handle::dispose>("dispose")});
  exports["createSceneStore"] = guarded<create_scene_store>(env, "createSceneStore");
}
HYPERLIFT_EXPORTS(init_scene_store)

}  // namespace

}  // namespace hyperlift::addon
