// Networks for JavaScript: the registry's facts, creation, forward and weights.
#include "addon/convert.h"
#include "addon/exports.h"
#include "addon/model_handle.h"
#include "addon/tensor_handle.h"
#include "addon/training_config.h"
#include "core/device.h"
#include "ops/count_operations.h"

namespace hyperlift::addon {

namespace {

Napi::Object to_js(Napi::Env env, const OptionFact& fact) {
  auto result = Napi::Object::New(env);
  result.Set("name", fact.name);
  result.Set("authorName", fact.author_name);
  result.Set("type", fact.type);
  result.Set("default", addon::to_js(env, fact.fallback));
  result.Set("doc", fact.doc);
  result.Set("choices", addon::to_js(env, fact.choices));
  return result;
}

Napi::Object to_js(Napi::Env env, const Preset& preset) {
  auto result = Napi::Object::New(env);
  result.Set("name", preset.name);
  result.Set("options", addon::to_js(env, preset.options));
  return result;
}

template <class Item>
Napi::Array list(Napi::Env env, const std::vector<Item>& items) {
  auto result = Napi::Array::New(env, items.size());
  for (uint32_t i = 0; i < items.size(); ++i) result.Set(i, to_js(env, items[i]));
  return result;
}

Napi::Object to_js(Napi::Env env, const ModelFacts& facts) {
  auto size = Napi::Object::New(env);
  size.Set("multiple", static_cast<double>(facts.size.multiple));
  size.Set("minimum", static_cast<double>(facts.size.minimum));
  size.Set("fixed", facts.size.fixed);
  auto bands = Napi::Object::New(env);
  bands.Set("in", static_cast<double>(facts.bands.in));
  bands.Set("out", static_cast<double>(facts.bands.out));
  bands.Set("least", static_cast<double>(facts.bands.least));
  auto result = Napi::Object::New(env);
  result.Set("id", facts.id);
  result.Set("task", facts.task);
  result.Set("title", facts.title);
  result.Set("year", static_cast<double>(facts.year));
  result.Set("paper", facts.paper);
  result.Set("reference", facts.reference);
  result.Set("size", size);
  result.Set("bands", bands);
  result.Set("sizeDependent", facts.size_dependent);
  result.Set("closedForm", facts.closed_form);
  result.Set("scales", addon::to_js(env, at::IntArrayRef(facts.scales)));
  result.Set("enlarged", facts.enlarged);
  result.Set("recurrent", facts.recurrent);
  result.Set("unused", addon::to_js(env, facts.unused));
  result.Set("optionalKeys", addon::to_js(env, facts.optional_keys));
  result.Set("presets", list(env, facts.presets));
  result.Set("options", list(env, facts.options));
  return result;
}

// listModels() -> facts of every network, by id.
Napi::Value list_models(const Napi::CallbackInfo& info) {
  const auto entries = Registry::instance().all();
  auto result = Napi::Array::New(info.Env(), entries.size());
  for (uint32_t i = 0; i < entries.size(); ++i) result.Set(i, to_js(info.Env(), entries[i]->facts));
  return result;
}

// createModel(id, options, seed)
Napi::Value create_model(const Napi::CallbackInfo& info) {
  const auto id = string_of(info[0], "id");
  const auto options = options_of(info[1], "options");
  const auto seed = static_cast<uint64_t>(integer_of(info[2], "seed"));
  return ModelHandle::create(info.Env(), std::make_shared<Model>(id, options, seed));
}

Precision precision_of(const Napi::Object& options) {
  const auto name = get_or<string_of>(options, "precision", std::string("float32"));
  if (name == "float32") return Precision::float32;
  if (name == "bfloat16") return Precision::bfloat16;
  fail("CONFIG_PRECISION", "precision is '", name, "', expected float32 or bfloat16");
}

// The gradients go nowhere: those of the weights are left as they are.
std::vector<at::Tensor> grad_inputs(const Model& model) {
  std::vector<at::Tensor> inputs;
  for (const auto& [name, tensor] : model.trainable()) inputs.push_back(tensor);
  return inputs;
}

void init_model(Napi::Env env, Napi::Object exports) {
  Registry::instance().check();
  ModelHandle::define_class(env);
  exports.Set("listModels", guarded<list_models>(env, "listModels"));
  exports.Set("createModel", guarded<create_model>(env, "createModel"));
}

HYPERLIFT_EXPORTS(init_model)

}  // namespace

void ModelHandle::define_class(Napi::Env env) {
  define(env, {
                  getter<&ModelHandle::id>("id"),
                  getter<&ModelHandle::options>("options"),
                  getter<&ModelHandle::parameters_count>("parametersCount"),
                  getter<&ModelHandle::aliases>("aliases"),
                  getter<&ModelHandle::disposed>("disposed"),
                  method<&ModelHandle::state>("state"),
                  method<&ModelHandle::load>("load"),
                  method<&ModelHandle::forward>("forward"),
                  method<&ModelHandle::upscale_band>("upscaleBand"),
                  method<&ModelHandle::accumulate>("accumulate"),
                  method<&ModelHandle::solve>("solve"),
                  method<&ModelHandle::count_operations>("countOperations"),
                  method<&ModelHandle::to>("to"),
                  method<&ModelHandle::train>("train"),
                  method<&ModelHandle::dispose>("dispose"),
              });
}

const ModelHandle::Payload& ModelHandle::model() const {
  if (!model_) fail("MODEL_DISPOSED", "the network has been disposed");
  return model_;
}

// Runs work(model) on the queue; the promise is of nothing.
template <class Work>
Napi::Value ModelHandle::enqueue(const Napi::CallbackInfo& info, Work work) {
  return Environment::of(info.Env())
      .enqueue(
          info.Env(), [model = model(), work = std::move(work)] { work(*model); },
          [](Napi::Env env) { return env.Undefined(); });
}

Napi::Value ModelHandle::id(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), model()->facts().id);
}

Napi::Value ModelHandle::options(const Napi::CallbackInfo& info) {
  return addon::to_js(info.Env(), model()->options());
}

Napi::Value ModelHandle::parameters_count(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(model()->parameters_count()));
}

Napi::Value ModelHandle::aliases(const Napi::CallbackInfo& info) {
  auto result = Napi::Object::New(info.Env());
  for (const auto& [name, first] : model()->aliases()) result.Set(name, first);
  return result;
}

Napi::Value ModelHandle::state(const Napi::CallbackInfo& info) {
  return addon::to_js(info.Env(), model()->state());
}

Napi::Value ModelHandle::load(const Napi::CallbackInfo& info) {
  auto values = tensors_of(info[0], "values");
  return enqueue(info, [values = std::move(values)](Model& model) {
    model.load({values.begin(), values.end()});
  });
}

// forward(x, {grad, precision, enlarged}) -> Promise<tensor>
Napi::Value ModelHandle::forward(const Napi::CallbackInfo& info) {
  auto x = TensorHandle::unwrap(info[0], "x");
  const auto options = object_of(info[1], "options");
  const bool grad = get<boolean_of>(options, "grad");
  auto enlarged = optional_tensor_of(options.Get("enlarged"), "enlarged");
  return Environment::of(info.Env())
      .enqueue(
          info.Env(),
          [model = model(), x = std::move(x), enlarged = std::move(enlarged), grad,
           precision = precision_of(options)] {
            const at::AutoGradMode mode(grad);
            return model->forward(x, enlarged, precision);
          },
          [](Napi::Env env, at::Tensor&& y) -> Napi::Value {
            return TensorHandle::wrap(env, std::move(y));
          });
}

// upscaleBand(x, {band, state, enlarged, grad}) -> Promise<{y, state}>
Napi::Value ModelHandle::upscale_band(const Napi::CallbackInfo& info) {
  model()->recurrent();  // CONFIG_TRAINER at once
  auto x = TensorHandle::unwrap(info[0], "x");
  const auto options = object_of(info[1], "options");
  const auto band = get<integer_of>(options, "band");
  const bool grad = get<boolean_of>(options, "grad");
  auto state = optional_tensor_of(options.Get("state"), "state");
  auto enlarged = optional_tensor_of(options.Get("enlarged"), "enlarged");
  return Environment::of(info.Env())
      .enqueue(
          info.Env(),
          [model = model(), x = std::move(x), enlarged = std::move(enlarged),
           state = std::move(state), band, grad] {
            const at::AutoGradMode mode(grad);
            auto& network = model->recurrent();
            const auto large = enlarged.defined() ? enlarged : network.enlarge(x);
            return network.upscale_band(x, large, band, state);
          },
          [](Napi::Env env, RecurrentNetwork::Band&& made) -> Napi::Value {
            auto result = Napi::Object::New(env);
            result.Set("y", TensorHandle::wrap(env, std::move(made.y)));
            result.Set("state", TensorHandle::wrap(env, std::move(made.state)));
            return result;
          });
}

// accumulate(x, y), solve(): a network in closed form.
Napi::Value ModelHandle::accumulate(const Napi::CallbackInfo& info) {
  model()->fitted();  // MODEL_NOT_FITTED at once
  auto x = TensorHandle::unwrap(info[0], "x");
  auto y = TensorHandle::unwrap(info[1], "y");
  return enqueue(info,
                 [x = std::move(x), y = std::move(y)](Model& model) { model.accumulate(x, y); });
}

Napi::Value ModelHandle::solve(const Napi::CallbackInfo& info) {
  model()->fitted();
  return enqueue(info, [](Model& model) { model.fitted().solve(); });
}

// countOperations(x, grad) -> Promise<number>: of one forward, with the backward of its sum where
// grad.
Napi::Value ModelHandle::count_operations(const Napi::CallbackInfo& info) {
  auto x = TensorHandle::unwrap(info[0], "x");
  const bool grad = boolean_of(info[1], "grad");
  return Environment::of(info.Env())
      .enqueue(
          info.Env(),
          [model = model(), x = std::move(x), grad] {
            const at::AutoGradMode mode(grad);
            return hyperlift::count_operations([&] {
              const auto y = model->forward(x);
              if (grad)
                torch::autograd::grad({y.sum()}, grad_inputs(*model), {}, false, false, true);
            });
          },
          [](Napi::Env env, double&& operations) { return Napi::Number::New(env, operations); });
}

Napi::Value ModelHandle::to(const Napi::CallbackInfo& info) {
  const auto device = device_of(string_of(info[0], "device"));
  return enqueue(info, [device](Model& model) { model.to(device); });
}

Napi::Value ModelHandle::train(const Napi::CallbackInfo& info) {
  const bool on = boolean_of(info[0], "on");
  return enqueue(info, [on](Model& model) { model.train(on); });
}

Napi::Value ModelHandle::disposed(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), model_ == nullptr);
}

Napi::Value ModelHandle::dispose(const Napi::CallbackInfo& info) {
  model_.reset();
  return info.Env().Undefined();
}

}  // namespace hyperlift::addon
