// Refinement of super-resolved cubes (cpp/ops/fine_sr.h).
#include "addon/convert.h"
#include "addon/exports.h"
#include "addon/tensor_handle.h"
#include "core/device.h"
#include "ops/fine_sr.h"

namespace hyperlift::addon {
namespace {

Napi::Value result_to_js(Napi::Env env, FineSrResult&& found) {
  std::vector<double> constraints;
  for (const double angle : found.angles) constraints.push_back(fine_sr_constraint(angle));
  auto result = Napi::Object::New(env);
  result["angles"] = to_js(env, found.angles);
  result["constraints"] = to_js(env, constraints);
  result["refined"] = TensorHandle::wrap(env, std::move(found.refined));
  return result;
}

// fineSr(upscaled, half, options)
Napi::Value refine(const Napi::CallbackInfo& info) {
  const auto upscaled = TensorHandle::unwrap(info[0], "upscaled").detach();
  const auto half = TensorHandle::unwrap(info[1], "half").detach();
  const auto given = object_of(info[2], "options");
  FineSrOptions options;
  options.iterations = get_or<integer_of>(given, "iterations", options.iterations);
  options.rows = get_or<integer_of>(given, "rows", options.rows);
  const auto name = get_or<string_of>(given, "device", std::string());
  const auto device = name.empty() ? upscaled.device() : device_of(name);
  return Environment::of(info.Env())
      .enqueue(
          info.Env(),
          [=] {
            const at::NoGradGuard no_grad;
            return fine_sr(upscaled.to(device), half.to(device), options);
          },
          result_to_js);
}

void init_refine(Napi::Env env, Napi::Object exports) {
  exports["fineSr"] = guarded<refine>(env, "fineSr");
}
HYPERLIFT_EXPORTS(init_refine)

}  // namespace
}  // namespace hyperlift::addon
