#include "addon/ledger.h"

namespace hyperlift::addon {

void Ledger::add(const void* storage, int64_t bytes) {
  ++tensors_;
  auto& held = storages_[storage];
  if (held.handles++ > 0) return;
  held.bytes = bytes;
  bytes_ += bytes;
  Napi::MemoryManagement::AdjustExternalMemory(env_, bytes);
}

void Ledger::remove(const void* storage) {
  --tensors_;
  const auto found = storages_.find(storage);
  if (found == storages_.end() || --found->second.handles > 0) return;
  bytes_ -= found->second.bytes;
  Napi::MemoryManagement::AdjustExternalMemory(env_, -found->second.bytes);
  storages_.erase(found);
}

}  // namespace hyperlift::addon
