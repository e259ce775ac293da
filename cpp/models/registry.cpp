#include "models/registry.h"

namespace hyperlift {

at::Tensor SpatialNetwork::enlarge(const at::Tensor& /*x*/) { return {}; }

Registry& Registry::instance() {
  static Registry registry;
  return registry;
}

void Registry::add(ModelEntry entry) {
  const std::string id = entry.facts.id;
  if (!entries_.emplace(id, std::move(entry)).second) duplicates_.push_back(id);
}

void Registry::check() const {
  if (!duplicates_.empty()) {
    fail("MODEL_DUPLICATE", "two networks register the id '", duplicates_.front(), "'");
  }
}

const ModelEntry& Registry::find(const std::string& id) const {
  const auto found = entries_.find(id);
  if (found == entries_.end()) {
    std::vector<std::string> ids;
    for (const auto& [known, entry] : entries_) ids.push_back(known);
    fail("MODEL_UNKNOWN", "no network is called '", id, "': expected one of ",
         c10::Join(", ", ids));
  }
  return found->second;
}

std::vector<const ModelEntry*> Registry::all() const {
  std::vector<const ModelEntry*> result;
  for (const auto& [id, entry] : entries_) result.push_back(&entry);
  return result;
}

}  // namespace hyperlift
