// The registry: one entry a network, made by the network's own file. TypeScript, CLI, docs, tests
// and benchmarks all read it; nothing else lists networks.
#pragma once

#include "core/torch.h"
#include "models/options.h"

namespace hyperlift {

// A network as published: its forward takes sizes that satisfy its SizeRule. Registered names are
// the authors' keys.
class Network : public torch::nn::Module {
 public:
  virtual at::Tensor forward(const at::Tensor& x) = 0;  // [B, inBands, H, W] -> [B, outBands, H, W]
};

// A network of the task `spatial`: cubes of any number of bands L (unless it has an option
// `bands`), [B, L, H, W] -> [B, L, scale H, scale W].
class SpatialNetwork : public Network {
 public:
  at::Tensor forward(const at::Tensor& x) final { return upscale(x, enlarge(x)); }
  // enlarged: what `enlarge` gives, or the caller's own.
  virtual at::Tensor upscale(const at::Tensor& x, const at::Tensor& enlarged) = 0;
  // The interpolated cube [B, L, scale H, scale W] that the network corrects or starts from, made
  // as its authors make it; undefined for a network that takes none.
  virtual at::Tensor enlarge(const at::Tensor& x);
};

// A spatial network that goes from band to band with a state, and so can be trained in one step a
// band.
class RecurrentNetwork : public SpatialNetwork {
 public:
  struct Band {
    at::Tensor y;      // [B, scale H, scale W]
    at::Tensor state;  // of the network's own shape
  };
  // state: that of the band before, undefined at band 0. No gradient goes into it.
  virtual Band upscale_band(const at::Tensor& x, const at::Tensor& enlarged, int64_t band,
                            const at::Tensor& state) = 0;
};

// A network that is fitted in closed form instead of trained: pairs are accumulated, then solved
// for.
class FittedNetwork : public Network {
 public:
  // x: [B, inBands, H, W], y: [B, outBands, H, W]
  virtual void accumulate(const at::Tensor& x, const at::Tensor& y) = 0;
  virtual void solve() = 0;  // sets the weights and forgets what was accumulated
};

struct SizeRule {
  int64_t multiple =
      1;  // height and width must be multiples of this; Model pads (reflection) and crops
  int64_t minimum = 1;  // least height and width after padding
  // The network takes one size, that of its options imageHeight and imageWidth: Model pads smaller
  // images to it and refuses larger ones, which the product cuts into tiles.
  bool fixed = false;
};

// The only number of bands that the architecture takes; 0 where it takes any.
struct BandRule {
  int64_t in = 0;
  int64_t out = 0;
  int64_t least = 1;  // spatial: fewer bands do not suffice
};

// Named options. `published` is what a network needs to behave as its published code does where our
// default differs; a golden file that says `compat: published` is checked with it.
struct Preset {
  std::string name;
  OptionMap options;
};

struct ModelFacts {
  std::string id = {};
  std::string task = {};   // spectral or spatial
  std::string title = {};  // the name in the paper
  int64_t year = 0;
  std::string paper = {};      // authors, title, venue
  std::string reference = {};  // repository@commit, file, class
  SizeRule size = {};
  BandRule bands = {};
  std::vector<int64_t> scales = {};  // spatial: values that option `scale` may take
  // spatial: the second input of the published forward (bicu, lms), which `enlarge` makes; "" where
  // there is none
  std::string enlarged = {};
  bool recurrent = false;  // a RecurrentNetwork; filled by the registration
  bool size_dependent =
      false;                 // the response depends on the image size: tiled at the training size
  bool closed_form = false;  // a FittedNetwork; filled by the registration
  std::vector<std::string> unused =
      {};  // key patterns (with * for a run of non-dots) that receive no gradient
  std::vector<std::string> optional_keys = {"sort.conv.weight"};
  std::vector<Preset> presets = {};
  std::vector<OptionFact> options = {};  // filled by the registration
};

struct ModelEntry {
  ModelFacts facts;
  std::function<std::shared_ptr<Network>(const OptionMap&)> create;
  std::function<OptionMap(const OptionMap&)>
      complete;  // all options by our names, defaults filled in
};

class Registry {
 public:
  static Registry& instance();
  void add(ModelEntry entry);
  void check()
      const;  // MODEL_DUPLICATE where two networks have one id: `add` runs too early to throw
  const ModelEntry& find(const std::string& id) const;  // throws MODEL_UNKNOWN
  std::vector<const ModelEntry*> all() const;           // by id

 private:
  std::map<std::string, ModelEntry> entries_;
  std::vector<std::string> duplicates_;
};

template <class NetworkClass, class Options>
bool register_model(const std::string& id, ModelFacts facts) {
  facts.id = id;
  facts.closed_form = std::is_base_of_v<FittedNetwork, NetworkClass>;
  facts.recurrent = std::is_base_of_v<RecurrentNetwork, NetworkClass>;
  facts.options = describe_options<Options>();
  const auto create = [id](const OptionMap& values) {
    return std::make_shared<NetworkClass>(read_options<Options>(id, values));
  };
  const auto complete = [id](const OptionMap& values) {
    return option_values(read_options<Options>(id, values));
  };
  Registry::instance().add({std::move(facts), create, complete});
  return true;
}

// HYPERLIFT_MODEL("mstpp", MSTPlusPlus, MSTPlusPlusOptions, ModelFacts{.task = "spectral", ...})
#define HYPERLIFT_MODEL(id, NetworkClass, Options, ...)          \
  [[maybe_unused]] static const bool registered_##NetworkClass = \
      ::hyperlift::register_model<NetworkClass, Options>(id, __VA_ARGS__);

}  // namespace hyperlift
