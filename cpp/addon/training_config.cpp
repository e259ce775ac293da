#include "addon/training_config.h"

#include "addon/filter_config.h"
#include "addon/tensor_handle.h"

namespace hyperlift::addon {

namespace {

std::map<std::string, double> weights_of(const Napi::Value& value, const char* what) {
  const auto object = object_of(value, what);
  std::map<std::string, double> result;
  const auto names = object.GetPropertyNames();
  for (uint32_t i = 0; i < names.Length(); ++i) {
    const auto name = names.Get(i).ToString().Utf8Value();
    result[name] = number_of(object.Get(name), name.c_str());
  }
  return result;
}

}  // namespace

bool choice_of(const Napi::Object& object, const char* name, const char* off, const char* on) {
  const auto given = get_or<string_of>(object, name, std::string(off));
  if (given != on && given != off) {
    fail("ADDON_ARGUMENT", name, ": found '", given, "', expected '", off, "' or '", on, "'");
  }
  return given == on;
}

namespace {

at::Tensor response_of(const Napi::Object& object) {
  const auto values = get_or<numbers_of>(object, "response", std::vector<double>());
  if (values.empty()) return {};
  const auto columns = get_or<integer_of>(object, "rgbBands", int64_t{3});
  if (columns < 1 || static_cast<int64_t>(values.size()) % columns != 0) {
    fail("CONFIG_CAMERA", "the camera response holds ", values.size(),
         " numbers, expected bands x ", columns);
  }
  return at::tensor(values, at::kDouble).reshape({-1, columns});
}

std::optional<Camera> camera_of(const Napi::Object& config) {
  const auto value = config.Get("camera");
  if (value.IsUndefined() || value.IsNull()) return std::nullopt;
  const auto object = object_of(value, "camera");
  Camera camera;
  camera.response = get<numbers_of>(object, "response");
  camera.rgb_bands = get_or<integer_of>(object, "rgbBands", camera.rgb_bands);
  camera.exposure = get_or<number_of>(object, "exposure", camera.exposure);
  camera.noise = get_or<number_of>(object, "noise", camera.noise);
  camera.bits = get_or<integer_of>(object, "bits", camera.bits);
  return camera;
}

std::optional<MirroredFilter> optional_filter_of(const Napi::Object& object, const char* name) {
  const auto value = object.Get(name);
  if (value.IsUndefined() || value.IsNull()) return std::nullopt;
  return mirrored_filter_of(value, name);
}

std::optional<Reduction> reduction_of(const Napi::Object& object) {
  const auto scale = get_or<integer_of>(object, "scale", int64_t{0});
  if (scale == 0) return std::nullopt;
  return Reduction{.scale = scale,
                   .noise = get_or<number_of>(object, "noise", 0.0),
                   .blur = optional_filter_of(object, "blur"),
                   .border = optional_filter_of(object, "border")};
}

uint64_t seed_of(const Napi::Object& object, const char* name, uint64_t fallback) {
  return static_cast<uint64_t>(get_or<integer_of>(object, name, static_cast<int64_t>(fallback)));
}

}  // namespace

std::map<std::string, at::Tensor> tensor_map_of(const Napi::Value& value, const char* what) {
  std::map<std::string, at::Tensor> result;
  for (auto& [name, tensor] : tensors_of(value, what)) result[name] = tensor;
  return result;
}

at::Tensor optional_tensor_of(const Napi::Value& value, const char* what) {
  if (value.IsUndefined() || value.IsNull()) return {};
  return TensorHandle::unwrap(value, what);
}

UsamOptions usam_options_of(const Napi::Value& value, const char* what) {
  UsamOptions options;
  if (value.IsUndefined()) return options;
  const auto object = object_of(value, what);
  options.weight = get_or<number_of>(object, "usamWeight", options.weight);
  options.per_sample = choice_of(object, "indices", "batch", "per-sample");
  options.published = choice_of(object, "compat", "default", "published");
  return options;
}

Paradigm paradigm_of(const Napi::Value& value, const char* what) {
  const auto name = string_of(value, what);
  if (name == "supervised") return Paradigm::kSupervised;
  if (name == "unsupervised") return Paradigm::kUnsupervised;
  fail("ADDON_ARGUMENT", what, ": found '", name, "', expected 'supervised' or 'unsupervised'");
}

LossConfig loss_config_of(const Napi::Value& value, const char* what, Paradigm paradigm) {
  const auto object = object_of(value, what);
  LossConfig config;
  config.paradigm = paradigm;
  config.terms = get<weights_of>(object, "terms");
  config.published = choice_of(object, "compat", "default", "published");
  if (config.published) config.mrae_floor = 0;
  config.mrae_floor = get_or<number_of>(object, "mraeFloor", config.mrae_floor);
  config.response = response_of(object);
  config.shift = !choice_of(object, "shift", "batch-min", "none");
  config.usam = usam_options_of(value, what);
  config.fixed_indices = get_or<integers_of>(object, "fixedIndices", config.fixed_indices);
  config.features = get_or<tensor_map_of>(object, "features", config.features);
  config.feature_seed = seed_of(object, "featureSeed", config.feature_seed);
  config.smooth_start = get_or<number_of>(object, "smoothStart", config.smooth_start);
  return config;
}

OptimizerConfig optimizer_config_of(const Napi::Value& value, const char* what) {
  const auto object = object_of(value, what);
  OptimizerConfig config;
  config.kind = get_or<string_of>(object, "kind", config.kind);
  config.beta1 = get_or<number_of>(object, "beta1", config.beta1);
  config.beta2 = get_or<number_of>(object, "beta2", config.beta2);
  config.eps = get_or<number_of>(object, "eps", config.eps);
  config.weight_decay = get_or<number_of>(object, "weightDecay", config.weight_decay);
  return config;
}

ScheduleConfig schedule_config_of(const Napi::Value& value, const char* what, double lr) {
  const auto object = object_of(value, what);
  ScheduleConfig config;
  config.lr = lr;
  config.kind = get_or<string_of>(object, "kind", config.kind);
  config.total_steps = get_or<integer_of>(object, "totalSteps", config.total_steps);
  config.warmup_steps = get_or<integer_of>(object, "warmupSteps", config.warmup_steps);
  config.power = get_or<number_of>(object, "power", config.power);
  config.min_lr = get_or<number_of>(object, "minLr", config.min_lr);
  config.step_size = get_or<integer_of>(object, "stepSize", config.step_size);
  config.gamma = get_or<number_of>(object, "gamma", config.gamma);
  return config;
}

SamplerConfig sampler_config_of(const Napi::Object& object) {
  SamplerConfig config;
  config.patch = get<integer_of>(object, "patch");
  config.camera = camera_of(object);
  config.reduction = reduction_of(object);
  config.stretch = get_or<boolean_of>(object, "stretch", config.stretch);
  config.cubes = get_or<boolean_of>(object, "cubes", config.cubes);
  config.seed = seed_of(object, "seed", config.seed);
  return config;
}

}  // namespace hyperlift::addon
