// Losses and band choice as functions of tensors, for scripts with a loop of their own.
#include "addon/exports.h"
#include "addon/tensor_handle.h"
#include "addon/training_config.h"
#include "train/losses/neighbour_ssim.h"

namespace hyperlift::addon {

namespace {

class LossHandle : public Wrapped<LossHandle> {
 public:
  static constexpr const char* kName = "NativeLoss";
  static constexpr napi_type_tag kTag = {0x3f5b9a7d10c84e26, 0x8d41f6027be935ac};
  using Payload = std::shared_ptr<Loss>;

  explicit LossHandle(const Napi::CallbackInfo& info)
      : Wrapped(info), loss_(take_payload<Payload>(info)) {}

  Napi::Value features(const Napi::CallbackInfo& info) {
    return Napi::String::New(info.Env(), loss_->features());
  }
  Napi::Value compute(const Napi::CallbackInfo& info);

 private:
  Payload loss_;
};

Napi::Value loss_value_to_js(Napi::Env env, LossValue&& value) {
  auto result = Napi::Object::New(env);
  result["total"] = TensorHandle::wrap(env, value.total);
  auto terms = Napi::Object::New(env);
  for (auto& [name, term] : value.terms) terms[name] = TensorHandle::wrap(env, term);
  result["terms"] = terms;
  result["indices"] = value.indices.defined() ? TensorHandle::wrap(env, value.indices) : env.Null();
  return result;
}

// compute({prediction, rgb, truth}, grad)
Napi::Value LossHandle::compute(const Napi::CallbackInfo& info) {
  const auto given = object_of(info[0], "inputs");
  LossInputs inputs{TensorHandle::unwrap(given.Get("prediction"), "prediction"),
                    optional_tensor_of(given.Get("rgb"), "rgb"),
                    optional_tensor_of(given.Get("truth"), "truth")};
  const bool grad = boolean_of(info[1], "grad");
  return Environment::of(info.Env())
      .enqueue(
          info.Env(),
          [loss = loss_, inputs, grad] {
            const at::AutoGradMode mode(grad);
            return (*loss)(inputs);
          },
          loss_value_to_js);
}

// createLoss(paradigm, config)
Napi::Value create_loss(const Napi::CallbackInfo& info) {
  const auto paradigm = paradigm_of(info[0], "paradigm");
  return LossHandle::create(info.Env(),
                            std::make_shared<Loss>(loss_config_of(info[1], "loss", paradigm)));
}

// usam(cube, options): scores and indices
Napi::Value choose_bands(const Napi::CallbackInfo& info) {
  const auto cube = TensorHandle::unwrap(info[0], "cube");
  const auto options = usam_options_of(info[1], "options");
  return Environment::of(info.Env())
      .enqueue(
          info.Env(), [cube, options] { return usam(cube, options); },
          [](Napi::Env env, UsamChoice&& choice) {
            auto result = Napi::Object::New(env);
            result["indices"] = TensorHandle::wrap(env, choice.indices);
            result["scores"] = TensorHandle::wrap(env, choice.scores);
            return Napi::Value(result);
          });
}

Napi::Value wrap_tensor(Napi::Env env, at::Tensor&& tensor) {
  return TensorHandle::wrap(env, std::move(tensor));
}

// neighbourSsim(cube, grad)
Napi::Value similarity_of(const Napi::CallbackInfo& info) {
  const auto cube = TensorHandle::unwrap(info[0], "cube");
  const bool grad = boolean_of(info[1], "grad");
  return Environment::of(info.Env())
      .enqueue(
          info.Env(),
          [cube, grad] {
            const at::AutoGradMode mode(grad);
            return neighbour_ssim(cube);
          },
          wrap_tensor);
}

void init_losses(Napi::Env env, Napi::Object exports) {
  LossHandle::define(env, {LossHandle::getter<&LossHandle::features>("features"),
                           LossHandle::method<&LossHandle::compute>("compute")});
  exports["createLoss"] = guarded<create_loss>(env, "createLoss");
  exports["usam"] = guarded<choose_bands>(env, "usam");
  exports["neighbourSsim"] = guarded<similarity_of>(env, "neighbourSsim");
}
HYPERLIFT_EXPORTS(init_losses)

}  // namespace

}  // namespace hyperlift::addon
