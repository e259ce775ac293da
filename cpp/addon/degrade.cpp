// Blur for the making of low-resolution cubes (cpp/ops/mirrored_filter.h).
#include "addon/exports.h"
#include "addon/filter_config.h"
#include "addon/tensor_handle.h"

namespace hyperlift::addon {

MirroredFilter mirrored_filter_of(const Napi::Value& value, const char* what) {
  const auto given = object_of(value, what);
  MirroredFilter filter;
  filter.weights = get<numbers_of>(given, "values");
  filter.height = get<integer_of>(given, "height");
  filter.width = get<integer_of>(given, "width");
  filter.stride = get<integer_of>(given, "stride");
  filter.row_offset = get<integer_of>(given, "rowOffset");
  filter.column_offset = get<integer_of>(given, "columnOffset");
  if (filter.height < 1 || filter.width < 1 || filter.stride < 1 ||
      static_cast<int64_t>(filter.weights.size()) != filter.height * filter.width) {
    fail("ADDON_ARGUMENT", what, ": expected height x width values and a stride of at least 1");
  }
  return filter;
}

namespace {

// filterMirrored(cube, filter)
Napi::Value filter_mirrored(const Napi::CallbackInfo& info) {
  const auto cube = TensorHandle::unwrap(info[0], "cube").detach();
  const auto filter = mirrored_filter_of(info[1], "filter");
  return Environment::of(info.Env())
      .enqueue(
          info.Env(), [cube, filter] { return mirrored_filter(cube, filter); },
          [](Napi::Env env, at::Tensor&& result) {
            return TensorHandle::wrap(env, std::move(result));
          });
}

void init_degrade(Napi::Env env, Napi::Object exports) {
  exports["filterMirrored"] = guarded<filter_mirrored>(env, "filterMirrored");
}
HYPERLIFT_EXPORTS(init_degrade)

}  // namespace
}  // namespace hyperlift::addon
