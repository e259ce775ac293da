// Optimizer and learning rates for scripts with a loop of their own.
#include "train/optimizer.h"

#include "addon/exports.h"
#include "addon/tensor_handle.h"
#include "addon/training_config.h"

namespace hyperlift::addon {

namespace {

class OptimizerHandle : public Wrapped<OptimizerHandle> {
 public:
  static constexpr const char* kName = "NativeOptimizer";
  static constexpr napi_type_tag kTag = {0x52c7e1806d3f4b9a, 0xa7f09b3c64d8125e};
  using Payload = std::shared_ptr<Optimizer>;

  explicit OptimizerHandle(const Napi::CallbackInfo& info)
      : Wrapped(info), optimizer_(take_payload<Payload>(info)) {}

  Napi::Value step(const Napi::CallbackInfo& info);
  Napi::Value zero_grad(const Napi::CallbackInfo& info);
  Napi::Value state(const Napi::CallbackInfo& info);
  Napi::Value load_state(const Napi::CallbackInfo& info);

 private:
  Payload optimizer_;
};

// step(lr, clipNorm): the gradient's norm before clipping
Napi::Value OptimizerHandle::step(const Napi::CallbackInfo& info) {
  const double lr = number_of(info[0], "lr");
  const double clip = number_of(info[1], "clipNorm");
  return Environment::of(info.Env())
      .enqueue(
          info.Env(),
          [optimizer = optimizer_, lr, clip] {
            const double norm = optimizer->gradient_norm();
            if (clip > 0) optimizer->clip(norm, clip);
            optimizer->step(lr);
            return norm;
          },
          [](Napi::Env env, double&& norm) { return Napi::Number::New(env, norm); });
}

Napi::Value OptimizerHandle::zero_grad(const Napi::CallbackInfo& info) {
  return Environment::of(info.Env())
      .enqueue(
          info.Env(), [optimizer = optimizer_] { optimizer->zero_grad(); },
          [](Napi::Env env) { return env.Undefined(); });
}

Napi::Value OptimizerHandle::state(const Napi::CallbackInfo& info) {
  return Environment::of(info.Env())
      .enqueue(
          info.Env(), [optimizer = optimizer_] { return optimizer->state(); },
          [](Napi::Env env, NamedTensors&& tensors) { return to_js(env, tensors); });
}

Napi::Value OptimizerHandle::load_state(const Napi::CallbackInfo& info) {
  const auto state = tensor_map_of(info[0], "state");
  return Environment::of(info.Env())
      .enqueue(
          info.Env(), [optimizer = optimizer_, state] { optimizer->load_state(state); },
          [](Napi::Env env) { return env.Undefined(); });
}

// createOptimizer(parameters, config)
Napi::Value create_optimizer(const Napi::CallbackInfo& info) {
  return OptimizerHandle::create(
      info.Env(), std::make_shared<Optimizer>(tensors_of(info[0], "parameters"),
                                              optimizer_config_of(info[1], "optimizer")));
}

// learningRate(lr, schedule, step)
Napi::Value rate_of_step(const Napi::CallbackInfo& info) {
  const auto schedule = schedule_config_of(info[1], "schedule", number_of(info[0], "lr"));
  return Napi::Number::New(info.Env(), learning_rate(schedule, integer_of(info[2], "step")));
}

void init_optimizer(Napi::Env env, Napi::Object exports) {
  OptimizerHandle::define(env,
                          {OptimizerHandle::method<&OptimizerHandle::step>("step"),
                           OptimizerHandle::method<&OptimizerHandle::zero_grad>("zeroGrad"),
                           OptimizerHandle::method<&OptimizerHandle::state>("state"),
                           OptimizerHandle::method<&OptimizerHandle::load_state>("loadState")});
  exports["createOptimizer"] = guarded<create_optimizer>(env, "createOptimizer");
  exports["learningRate"] = guarded<rate_of_step>(env, "learningRate");
}
HYPERLIFT_EXPORTS(init_optimizer)

}  // namespace

}  // namespace hyperlift::addon
