#include "models/model.h"

#include "core/autocast.h"

#include <algorithm>
#include <mutex>

namespace hyperlift {

namespace {

struct ImageSize {
  int64_t height;
  int64_t width;
};

int64_t padded_side(const SizeRule& rule, int64_t side) {
  const int64_t target = std::max(side, rule.minimum);
  return (target + rule.multiple - 1) / rule.multiple * rule.multiple;
}

// What the network itself sees of an image.
ImageSize padded_size(const ModelFacts& facts, const OptionMap& options, const at::Tensor& x) {
  if (!facts.size.fixed) {
    return {padded_side(facts.size, x.size(2)), padded_side(facts.size, x.size(3))};
  }
  const ImageSize size = {std::get<int64_t>(options.at("imageHeight")),
                          std::get<int64_t>(options.at("imageWidth"))};
  if (x.size(2) > size.height || x.size(3) > size.width) {
    fail("TENSOR_SHAPE", "network ", facts.id, ": found an input of shape ", x.sizes(),
         ", expected at most ", size.height, " x ", size.width,
         " pixels, for which it is built: cut tiles, or set imageHeight and imageWidth");
  }
  return size;
}

// Reflection reaches size - 1 pixels; smaller images are reflected again and again, a single pixel
// is repeated.
at::Tensor pad(at::Tensor x, int64_t height, int64_t width) {
  while (x.size(2) < height || x.size(3) < width) {
    const int64_t down = std::min(height - x.size(2), std::max<int64_t>(x.size(2) - 1, 1));
    const int64_t right = std::min(width - x.size(3), std::max<int64_t>(x.size(3) - 1, 1));
    const bool reflect = down < x.size(2) && right < x.size(3);
    x = reflect ? at::reflection_pad2d(x, {0, right, 0, down})
                : at::replication_pad2d(x, {0, right, 0, down});
  }
  return x;
}

void check_bands(const std::string& id, const OptionMap& options, const char* name, int64_t only) {
  const auto found = options.find(name);
  if (found == options.end()) return;
  const auto bands = std::get<int64_t>(found->second);
  if (bands < 1) {
    fail("MODEL_OPTION", "network ", id, ": option ", name, " is ", bands, ", expected at least 1");
  }
  if (only != 0 && bands != only) {
    fail("MODEL_OPTION", "network ", id, ": option ", name, " is ", bands, ", expected ", only,
         ": the architecture takes no other number");
  }
}

int64_t number_of(const OptionMap& options, const char* name, int64_t fallback) {
  const auto found = options.find(name);
  return found == options.end() ? fallback : std::get<int64_t>(found->second);
}

// The bands that the network is made for; 0 where it takes any number.
int64_t input_bands(const OptionMap& options) {
  return number_of(options, "inBands", number_of(options, "bands", 0));
}

void check_scale(const ModelFacts& facts, const OptionMap& options) {
  if (facts.scales.empty()) return;
  const auto scale = std::get<int64_t>(options.at("scale"));
  if (std::ranges::find(facts.scales, scale) == facts.scales.end()) {
    fail("MODEL_OPTION", "network ", facts.id, ": option scale is ", scale, ", expected one of ",
         c10::Join(", ", facts.scales));
  }
}

void check_input(const ModelFacts& facts, const OptionMap& options, const at::Tensor& x) {
  const int64_t bands = input_bands(options);
  const bool image = x.dim() == 4 && x.numel() > 0;
  if (bands != 0 && !(image && x.size(1) == bands)) {
    fail("TENSOR_SHAPE", "network ", facts.id, ": found an input of shape ", x.sizes(),
         ", expected [batch, ", bands, ", height, width]");
  }
  if (!image || x.size(1) < facts.bands.least) {
    fail("TENSOR_SHAPE", "network ", facts.id, ": found an input of shape ", x.sizes(),
         ", expected [batch, bands, height, width] of ", facts.bands.least, " bands or more");
  }
  if (!x.is_floating_point()) {
    fail("TENSOR_DTYPE", "network ", facts.id, ": found an input of type ", x.scalar_type(),
         ", expected a floating-point type in [0, 1]");
  }
}

}  // namespace

Model::Model(const std::string& id, const OptionMap& options, uint64_t seed)
    : entry_(&Registry::instance().find(id)), options_(entry_->complete(options)) {
  check_bands(id, options_, "inBands", facts().bands.in);
  check_bands(id, options_, "outBands", facts().bands.out);
  check_bands(id, options_, "bands", 0);
  check_scale(facts(), options_);
  // The initialisers of torch::nn draw from the default generator: seed it, and leave it as it was.
  static std::mutex one_at_a_time;
  const std::lock_guard<std::mutex> lock(one_at_a_time);
  auto generator = at::globalContext().defaultGenerator(at::kCPU);
  const auto saved = generator.get_state();
  generator.set_current_seed(seed);
  network_ = entry_->create(options_);
  network_->eval();
  generator.set_state(saved);
}

at::Tensor Model::forward(const at::Tensor& x, Precision precision) {
  check_input(facts(), options_, x);
  const AutocastScope autocast(x.device(), precision == Precision::bfloat16);
  const auto [height, width] = padded_size(facts(), options_, x);
  auto y = network_->forward(pad(x, height, width));
  if (precision == Precision::bfloat16) y = y.to(at::kFloat);
  if (height == x.size(2) && width == x.size(3)) return y;
  return y.slice(2, 0, scale() * x.size(2)).slice(3, 0, scale() * x.size(3));
}

at::Tensor Model::forward(const at::Tensor& x, const at::Tensor& enlarged, Precision precision) {
  if (!enlarged.defined()) return forward(x, precision);
  check_input(facts(), options_, x);
  auto* network = dynamic_cast<SpatialNetwork*>(network_.get());
  if (network == nullptr || facts().enlarged.empty()) {
    fail("TENSOR_EXPECTED", "network ", facts().id, " takes no interpolated cube");
  }
  const std::vector<int64_t> expected = {x.size(0), x.size(1), scale() * x.size(2),
                                         scale() * x.size(3)};
  if (enlarged.sizes() != at::IntArrayRef(expected)) {
    fail("TENSOR_SHAPE", "network ", facts().id, ": found an interpolated cube of shape ",
         enlarged.sizes(), ", expected ", at::IntArrayRef(expected));
  }
  const auto [height, width] = padded_size(facts(), options_, x);
  if (height != x.size(2) || width != x.size(3)) {
    fail("TENSOR_SHAPE", "network ", facts().id, ": found an input of shape ", x.sizes(),
         ", expected at least ", height, " x ", width, " pixels beside an interpolated cube");
  }
  const AutocastScope autocast(x.device(), precision == Precision::bfloat16);
  return network->upscale(x, enlarged).to(x.scalar_type());
}

RecurrentNetwork& Model::recurrent() {
  auto* found = dynamic_cast<RecurrentNetwork*>(network_.get());
  if (found == nullptr) {
    fail("CONFIG_TRAINER", "stepPer is 'band', and network ", facts().id,
         " computes all bands at once: expected 'cube'");
  }
  return *found;
}

int64_t Model::scale() const { return number_of(options_, "scale", 1); }

FittedNetwork& Model::fitted() {
  auto* found = dynamic_cast<FittedNetwork*>(network_.get());
  if (found == nullptr) {
    fail("MODEL_NOT_FITTED", "network ", facts().id, " is trained by steps, it has no closed form");
  }
  return *found;
}

void Model::accumulate(const at::Tensor& x, const at::Tensor& y) {
  check_input(facts(), options_, x);
  const auto bands = std::get<int64_t>(options_.at("outBands"));
  const std::vector<int64_t> expected = {x.size(0), bands, x.size(2), x.size(3)};
  if (y.sizes() != at::IntArrayRef(expected)) {
    fail("TENSOR_SHAPE", "network ", facts().id, ": found a cube of shape ", y.sizes(),
         ", expected ", at::IntArrayRef(expected));
  }
  fitted().accumulate(x, y);
}

// state_dict goes module by module: its own parameters, its own buffers, then its children.
NamedTensors Model::state() const {
  NamedTensors result;
  for (const auto& module : network_->named_modules()) {
    const std::string prefix = module.key().empty() ? "" : module.key() + ".";
    for (const auto& item : module.value()->named_parameters(false)) {
      result.emplace_back(prefix + item.key(), item.value());
    }
    for (const auto& item : module.value()->named_buffers(false)) {
      result.emplace_back(prefix + item.key(), item.value());
    }
  }
  return result;
}

std::map<std::string, std::string> Model::aliases() const {
  std::map<const c10::TensorImpl*, std::string> first_names;
  std::map<std::string, std::string> result;
  for (const auto& [name, tensor] : state()) {
    const auto [found, is_first] = first_names.emplace(tensor.unsafeGetTensorImpl(), name);
    if (!is_first) result.emplace(name, found->second);
  }
  return result;
}

NamedTensors Model::trainable() const {
  const auto again = aliases();
  NamedTensors result;
  for (const auto& item : network_->named_parameters()) {
    if (item.value().requires_grad() && !again.contains(item.key())) {
      result.emplace_back(item.key(), item.value());
    }
  }
  return result;
}

int64_t Model::parameters_count() const {
  const auto again = aliases();
  int64_t count = 0;
  for (const auto& item : network_->named_parameters()) {
    if (!again.contains(item.key())) count += item.value().numel();
  }
  return count;
}

void Model::check_values(const std::map<std::string, at::Tensor>& values,
                         const std::map<std::string, at::Tensor>& own) const {
  std::map<const c10::TensorImpl*, std::string> names;  // by the parameter that they set
  for (const auto& [name, value] : values) {
    const auto found = own.find(name);
    if (found == own.end()) {
      fail("CHECKPOINT_MISMATCH", "network ", facts().id, " has no weight '", name, "'");
    }
    const auto& target = found->second;
    if (target.sizes() != value.sizes()) {
      fail("CHECKPOINT_MISMATCH", "network ", facts().id, ": weight ", name, " is of shape ",
           value.sizes(), ", expected ", target.sizes());
    }
    const auto [other, is_first] = names.emplace(target.unsafeGetTensorImpl(), name);
    if (is_first) continue;
    const auto type = target.scalar_type();
    if (!at::equal(values.at(other->second).to(type), value.to(type))) {
      fail("CHECKPOINT_MISMATCH", "network ", facts().id, ": weights ", other->second, " and ",
           name, " differ, and are one parameter");
    }
  }
}

void Model::load(const std::map<std::string, at::Tensor>& values) {
  const torch::NoGradGuard no_grad;
  std::map<std::string, at::Tensor> own;
  for (const auto& [name, tensor] : state()) own.emplace(name, tensor);
  check_values(values, own);  // all of them, before the first is written
  for (const auto& [name, value] : values) own.at(name).copy_(value);
}

void Model::to(const at::Device& device) { network_->to(device); }

void Model::train(bool on) { network_->train(on); }

}  // namespace hyperlift
