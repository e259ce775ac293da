// Counts the live tensors of one environment: handles, and bytes of distinct storages (a view of a
// counted tensor adds no bytes). V8 is told of the bytes, so that garbage collection sees them. For
// the JavaScript thread only.
#pragma once

#include "addon/napi.h"

#include <cstdint>
#include <unordered_map>

namespace hyperlift::addon {

class Ledger {
 public:
  explicit Ledger(Napi::Env env) : env_(env) {}
  void add(const void* storage, int64_t bytes);
  void remove(const void* storage);
  int64_t tensors() const { return tensors_; }
  int64_t bytes() const { return bytes_; }

 private:
  struct Held {
    int64_t handles = 0;
    int64_t bytes = 0;
  };
  Napi::Env env_;
  std::unordered_map<const void*, Held> storages_;
  int64_t tensors_ = 0;
  int64_t bytes_ = 0;
};

}  // namespace hyperlift::addon
