// What inference computes from weights once (packed, folded, narrowed to bfloat16) and computes
// again as soon as one of the weights has been written. Writing is noticed by the version counter
// that every in-place operation of LibTorch advances; code that writes through a raw pointer calls
// bump_version() itself.
#pragma once

#include "core/torch.h"

#include <mutex>

namespace hyperlift {

template <class T>
class Derived {
 public:
  // `make` runs when there is no value yet, a source is another tensor or was written, or `variant`
  // differs.
  template <class Make>
  T get(at::ArrayRef<at::Tensor> sources, const std::vector<int64_t>& variant, Make&& make) {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::vector<int64_t> key = variant;
    for (const auto& source : sources) {
      key.push_back(reinterpret_cast<int64_t>(source.unsafeGetTensorImpl()));
      key.push_back(source.unsafeGetTensorImpl()->version_counter().current_version());
      key.push_back(reinterpret_cast<int64_t>(source.const_data_ptr()));
    }
    if (!value_ || key != key_) {
      value_.emplace(make());
      key_ = std::move(key);
    }
    return *value_;
  }

 private:
  std::mutex mutex_;
  std::vector<int64_t> key_;
  std::optional<T> value_;
};

}  // namespace hyperlift
