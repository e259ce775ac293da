// Gradients: backward (accumulated in the leaves) and gradients (returned).
#include "addon/compute.h"
#include "addon/convert.h"
#include "addon/exports.h"
#include "core/dtype.h"

namespace hyperlift::addon {

namespace {

void check_root(const char* op, const at::Tensor& root, const at::Tensor& seed) {
  if (!root.requires_grad()) {
    fail("TENSOR_GRAD", op, ": ", describe(root),
         " was not computed from a tensor that requires a gradient, ", "or inside noGrad()");
  }
  if (!seed.defined() && root.numel() != 1) {
    fail("TENSOR_SHAPE", op, ": found ", describe(root),
         ", expected one element (a loss), or a gradient of that shape");
  }
  if (seed.defined() && !seed.sizes().equals(root.sizes())) {
    fail("TENSOR_SHAPE", op, ": found a gradient of ", describe(seed), ", expected the shape of ",
         describe(root));
  }
}

at::Tensor optional_tensor(const Napi::Value& value) {
  if (value.IsNull() || value.IsUndefined()) return {};
  return TensorHandle::unwrap(value, "gradient");
}

// "Trying to backward through the graph a second time" is the one mistake that needs our words.
template <class Body>
auto explained(const char* op, Body&& body) {
  try {
    return body();
  } catch (const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    if (text.find("second time") == std::string::npos) throw;
    fail("TENSOR_GRAD", op,
         ": the steps that led to this tensor were already used and freed: give the first call ",
         "retainGraph: true, or compute the tensor again");
  }
}

// Counted from the call until the job has run or was dropped.
class GradientWriter {
 public:
  explicit GradientWriter(Napi::Env env) : writers_(Environment::of(env).gradient_writers()) {
    ++*writers_;
  }
  ~GradientWriter() { --*writers_; }
  GradientWriter(const GradientWriter&) = delete;
  GradientWriter& operator=(const GradientWriter&) = delete;

 private:
  std::shared_ptr<std::atomic<int>> writers_;
};

// backward(root, gradient?, retainGraph, stop?) -> Promise<void>
Napi::Value backward(const Napi::CallbackInfo& info) {
  const auto root = TensorHandle::unwrap(info[0], "backward");
  const auto seed = optional_tensor(info[1]);
  const bool retain = boolean_of(info[2], "retainGraph");
  check_root("backward", root, seed);
  return Environment::of(info.Env())
      .enqueue(
          info.Env(),
          [root, seed, retain, writer = std::make_shared<GradientWriter>(info.Env())] {
            const at::AutoGradMode mode(true);
            explained("backward", [&] { torch::autograd::backward({root}, {seed}, retain); });
          },
          [](Napi::Env env) { return env.Undefined(); }, stop_of(info[3]));
}

// gradients(root, inputs, gradient?, retainGraph, createGraph, stop?) -> Promise<(tensor | null)[]>
Napi::Value gradients(const Napi::CallbackInfo& info) {
  const auto root = TensorHandle::unwrap(info[0], "gradients");
  const auto list = info[1].As<Napi::Array>();
  Tensors inputs;
  for (uint32_t i = 0; i < list.Length(); ++i) {
    inputs.push_back(TensorHandle::unwrap(list.Get(i), "gradients"));
    if (!inputs.back().requires_grad()) {
      fail("TENSOR_GRAD", "gradients: input ", i, ", ", describe(inputs.back()),
           ", does not require a gradient");
    }
  }
  const auto seed = optional_tensor(info[2]);
  const bool retain = boolean_of(info[3], "retainGraph");
  const bool create = boolean_of(info[4], "createGraph");
  check_root("gradients", root, seed);
  return Environment::of(info.Env())
      .enqueue(
          info.Env(),
          [root, seed, retain, create, inputs] {
            const at::AutoGradMode mode(true);
            return explained("gradients", [&] {
              return torch::autograd::grad({root}, inputs, {seed}, retain || create, create, true);
            });
          },
          [](Napi::Env env, Tensors&& found) -> Napi::Value {
            auto array = Napi::Array::New(env, found.size());
            for (uint32_t i = 0; i < found.size(); ++i) {
              if (!found[i].defined()) {
                array.Set(i, env.Null());
              } else {
                array.Set(i, TensorHandle::wrap(env, std::move(found[i])));
              }
            }
            return array;
          },
          stop_of(info[5]));
}

// zeroGrad(tensors) -> Promise<void>, in call order with the backward calls around it
Napi::Value zero_grad(const Napi::CallbackInfo& info) {
  const auto list = info[0].As<Napi::Array>();
  Tensors tensors;
  for (uint32_t i = 0; i < list.Length(); ++i) {
    tensors.push_back(TensorHandle::unwrap(list.Get(i), "zeroGrad"));
  }
  return Environment::of(info.Env())
      .enqueue(
          info.Env(),
          [tensors, writer = std::make_shared<GradientWriter>(info.Env())] {
            for (const auto& tensor : tensors) tensor.mutable_grad().reset();
          },
          [](Napi::Env env) { return env.Undefined(); });
}

void init_autograd(Napi::Env env, Napi::Object exports) {
  exports.Set("backward", guarded<backward>(env, "backward"));
  exports.Set("gradients", guarded<gradients>(env, "gradients"));
  exports.Set("zeroGrad", guarded<zero_grad>(env, "zeroGrad"));
}

}  // namespace

HYPERLIFT_EXPORTS(init_autograd)

}  // namespace hyperlift::addon
