#include "models/model.h"

#include <mutex>

namespace hyperlift {

namespace {

// Rounds up to the rule; a size that reflection cannot reach is MODEL_SIZE.
int64_t padded_size(const ModelFacts& facts, int64_t size, const char* side) {
  const auto& rule = facts.size;
  int64_t target = std::max(size, rule.minimum);
  target = (target + rule.multiple - 1) / rule.multiple * rule.multiple;
  if (target - size >= size) {
    fail("MODEL_SIZE", "network ", facts.id, ": ", side, " is ", size,
         ", too small to be padded by reflection to ", target);
  }
  return target;
}

}  // namespace

Model::Model(const std::string& id, const OptionMap& options, uint64_t seed)
    : entry_(&Registry::instance().find(id)) {
  // The initialisers of torch::nn draw from the default generator: seed it, and leave it as it was.
  static std::mutex one_at_a_time;
  const std::lock_guard<std::mutex> lock(one_at_a_time);
  auto generator = at::globalContext().defaultGenerator(at::kCPU);
  const auto saved = generator.get_state();
  generator.set_current_seed(seed);
  network_ = entry_->create(options);
  generator.set_state(saved);
}

at::Tensor Model::forward(const at::Tensor& x) {
  if (x.dim() != 4) {
    fail("TENSOR_SHAPE", "network ", facts().id, ": found an input of shape ", x.sizes(),
         ", expected [batch, bands, height, width]");
  }
  const int64_t height = x.size(2);
  const int64_t width = x.size(3);
  const int64_t down = padded_size(facts(), height, "height") - height;
  const int64_t right = padded_size(facts(), width, "width") - width;
  if (down == 0 && right == 0) return network_->forward(x);
  const auto y = network_->forward(at::reflection_pad2d(x, {0, right, 0, down}));
  return y.slice(2, 0, height).slice(3, 0, width);
}

std::vector<std::pair<std::string, at::Tensor>> Model::state() const {
  std::vector<std::pair<std::string, at::Tensor>> result;
  for (const auto& item : network_->named_parameters()) result.emplace_back(item.key(), item.value());
  for (const auto& item : network_->named_buffers()) result.emplace_back(item.key(), item.value());
  return result;
}

std::vector<std::pair<std::string, at::Tensor>> Model::trainable() const {
  std::vector<std::pair<std::string, at::Tensor>> result;
  for (const auto& item : network_->named_parameters()) {
    if (item.value().requires_grad()) result.emplace_back(item.key(), item.value());
  }
  return result;
}

void Model::to(const at::Device& device) { network_->to(device); }

void Model::train(bool on) { network_->train(on); }

}  // namespace hyperlift
