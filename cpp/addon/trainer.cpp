// The trainer for JavaScript: runs and validations on threads of their own, counters to read at any
// time.
#include "train/trainer.h"

#include "addon/exports.h"
#include "addon/model_handle.h"
#include "addon/scene_store_handle.h"
#include "addon/training_config.h"

namespace hyperlift::addon {

namespace {

// A run holds the trainer, not the handle: a script may forget the handle while it waits for the
// promise.
class TrainerHandle : public Wrapped<TrainerHandle> {
 public:
  static constexpr const char* kName = "NativeTrainer";
  static constexpr napi_type_tag kTag = {0x94b2d60f71ce4a83, 0x86e05f3a1b97c2d4};
  using Payload = std::shared_ptr<Trainer>;

  explicit TrainerHandle(const Napi::CallbackInfo& info);

  Napi::Value append_plan(const Napi::CallbackInfo& info);
  Napi::Value run(const Napi::CallbackInfo& info);
  Napi::Value pause(const Napi::CallbackInfo& info);
  Napi::Value progress(const Napi::CallbackInfo& info);
  Napi::Value validate(const Napi::CallbackInfo& info);
  Napi::Value fit(const Napi::CallbackInfo& info);
  Napi::Value state(const Napi::CallbackInfo& info);
  Napi::Value load_state(const Napi::CallbackInfo& info);
  Napi::Value weights(const Napi::CallbackInfo& info);
  Napi::Value features(const Napi::CallbackInfo& info);
  Napi::Value dispose(const Napi::CallbackInfo& info);

 private:
  const Payload& trainer() const;

  Payload trainer_;
  Environment* environment_;
  int stop_id_;
};

TrainerHandle::TrainerHandle(const Napi::CallbackInfo& info)
    : Wrapped(info),
      trainer_(take_payload<Payload>(info)),
      environment_(&Environment::of(info.Env())),
      stop_id_(environment_->on_stop([held = std::weak_ptr<Trainer>(trainer_)] {
        if (const auto trainer = held.lock()) trainer->stop();
      })) {}

const TrainerHandle::Payload& TrainerHandle::trainer() const {
  if (!trainer_) fail("RUN_DISPOSED", "this trainer was disposed");
  return trainer_;
}

Napi::Value TrainerHandle::append_plan(const Napi::CallbackInfo& info) {
  trainer()->append_plan(integers_of(info[0], "plan"));
  return info.Env().Undefined();
}

Napi::Value TrainerHandle::run(const Napi::CallbackInfo& info) {
  const auto until = integer_of(info[0], "untilStep");
  trainer()->begin_run();
  return environment_->run_on_own_thread(
      info.Env(), [trainer = trainer_, until] { return trainer->run(until); },
      [](Napi::Env env, RunResult&& ended) {
        auto result = Napi::Object::New(env);
        result["step"] = static_cast<double>(ended.step);
        result["reason"] = ended.reason;
        return Napi::Value(result);
      });
}

Napi::Value TrainerHandle::pause(const Napi::CallbackInfo& info) {
  trainer()->pause();
  return info.Env().Undefined();
}

Napi::Value TrainerHandle::progress(const Napi::CallbackInfo& info) {
  const Progress progress = trainer()->progress();
  auto result = Napi::Object::New(info.Env());
  result["step"] = static_cast<double>(progress.step);
  result["lr"] = progress.lr;
  result["losses"] = to_js(info.Env(), progress.losses);
  result["gradNorm"] = progress.gradient_norm;
  result["secondsInSteps"] = progress.seconds_in_steps;
  result["secondsWaiting"] = progress.seconds_waiting;
  result["samples"] = static_cast<double>(progress.samples);
  return result;
}

Napi::Value TrainerHandle::validate(const Napi::CallbackInfo& info) {
  return environment_->run_on_own_thread(
      info.Env(),
      [trainer = trainer(), plan = integers_of(info[0], "plan")] {
        return trainer->validate(plan);
      },
      [](Napi::Env env, std::map<std::string, double>&& means) { return to_js(env, means); });
}

Napi::Value TrainerHandle::fit(const Napi::CallbackInfo& info) {
  return environment_->run_on_own_thread(
      info.Env(),
      [trainer = trainer(), plan = integers_of(info[0], "plan")] { trainer->fit(plan); },
      [](Napi::Env env) { return env.Undefined(); });
}

Napi::Value tensors_to_js(Napi::Env env, NamedTensors&& tensors) { return to_js(env, tensors); }

Napi::Value TrainerHandle::state(const Napi::CallbackInfo& info) {
  return Environment::of(info.Env())
      .enqueue(
          info.Env(), [trainer = trainer()] { return trainer->state(); }, tensors_to_js);
}

Napi::Value TrainerHandle::load_state(const Napi::CallbackInfo& info) {
  return Environment::of(info.Env())
      .enqueue(
          info.Env(),
          [trainer = trainer(), state = tensor_map_of(info[0], "state")] {
            trainer->load_state(state);
          },
          [](Napi::Env env) { return env.Undefined(); });
}

Napi::Value TrainerHandle::weights(const Napi::CallbackInfo& info) {
  return Environment::of(info.Env())
      .enqueue(
          info.Env(), [trainer = trainer()] { return trainer->weights(); }, tensors_to_js);
}

Napi::Value TrainerHandle::features(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), trainer()->loss().features());
}

Napi::Value TrainerHandle::dispose(const Napi::CallbackInfo& info) {
  if (trainer_) trainer_->stop();
  trainer_.reset();
  environment_->remove_on_stop(stop_id_);
  return info.Env().Undefined();
}

TrainerConfig trainer_config_of(const Napi::Value& value, const char* what) {
  const auto object = object_of(value, what);
  TrainerConfig config;
  config.loss =
      loss_config_of(object.Get("loss"), "loss", paradigm_of(object.Get("paradigm"), "paradigm"));
  const auto optimizer = object_of(object.Get("optimizer"), "optimizer");
  config.optimizer = optimizer_config_of(optimizer, "optimizer");
  config.schedule =
      schedule_config_of(object.Get("schedule"), "schedule", get<number_of>(optimizer, "lr"));
  config.sampler = sampler_config_of(object);
  if (!config.loss.response.defined() && config.sampler.camera) {
    const Camera& camera = *config.sampler.camera;
    config.loss.response = at::tensor(camera.response, at::kDouble).reshape({-1, camera.rgb_bands});
  }
  config.batch = get<integer_of>(object, "batch");
  config.accumulate = get_or<integer_of>(object, "accumulate", config.accumulate);
  config.smooth_start = get_or<number_of>(object, "smoothStart", config.smooth_start);
  config.clip_norm = get_or<number_of>(object, "clipNorm", config.clip_norm);
  config.ema = get_or<number_of>(object, "ema", config.ema);
  config.precision = choice_of(object, "precision", "float32", "bfloat16") ? Precision::bfloat16
                                                                           : Precision::float32;
  config.channels_last = get_or<boolean_of>(object, "channelsLast", config.channels_last);
  config.step_per_band = choice_of(object, "stepPer", "cube", "band");
  config.seed = config.sampler.seed;
  config.threads = get_or<integer_of>(object, "threads", config.threads);
  return config;
}

// createTrainer(model, store, config)
Napi::Value create_trainer(const Napi::CallbackInfo& info) {
  const auto model = ModelHandle::of(info[0], "model").model();
  const auto store = SceneStoreHandle::of(info[1], "store").store();
  return TrainerHandle::create(
      info.Env(), std::make_shared<Trainer>(model, store, trainer_config_of(info[2], "config")));
}

void init_trainer(Napi::Env env, Napi::Object exports) {
  using Handle = TrainerHandle;
  Handle::define(
      env,
      {Handle::method<&Handle::append_plan>("appendPlan"), Handle::method<&Handle::run>("run"),
       Handle::method<&Handle::pause>("pause"), Handle::method<&Handle::progress>("progress"),
       Handle::method<&Handle::validate>("validate"), Handle::method<&Handle::fit>("fit"),
       Handle::method<&Handle::state>("state"), Handle::method<&Handle::load_state>("loadState"),
       Handle::method<&Handle::weights>("weights"), Handle::getter<&Handle::features>("features"),
       Handle::method<&Handle::dispose>("dispose")});
  exports["createTrainer"] = guarded<create_trainer>(env, "createTrainer");
}
HYPERLIFT_EXPORTS(init_trainer)

}  // namespace

}  // namespace hyperlift::addon
