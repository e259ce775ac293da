#include "core/block_cache.h"

#include "core/torch.h"

#include <c10/core/CPUAllocator.h>

#include <atomic>
#include <list>
#include <map>
#include <mutex>
#include <unordered_map>

namespace hyperlift {

namespace {

// Smaller ones are served well by the C library.
constexpr size_t kLeast = size_t{1} << 16;
constexpr size_t kGrain = size_t{1} << 14;

struct Block {
  at::DataPtr memory;
  size_t size = 0;
  std::list<Block*>::iterator by_age;
  std::multimap<size_t, Block*>::iterator by_size;
};

class BlockCache final : public at::Allocator {
 public:
  BlockCache() : source_(c10::GetDefaultCPUAllocator()) {}

  // Never destroyed: tensors in static storage outlive every order of destruction.
  static BlockCache& instance() {
    static auto* cache = new BlockCache();
    return *cache;
  }

  at::DataPtr allocate(size_t bytes) override {
    if (bytes < kLeast) return source_->allocate(bytes);
    used_ = true;
    const size_t size = (bytes + kGrain - 1) / kGrain * kGrain;
    Block* block = take(size);
    if (block == nullptr) block = make(size);
    void* memory = block->memory.get();
    return {memory, memory, &give_back, at::Device(at::kCPU)};
  }

  // oneDNN's integration releases memory by its address alone.
  at::DeleterFnPtr raw_deleter() const override { return &give_back; }

  void copy_data(void* to, const void* from, std::size_t count) const override {
    default_copy_data(to, from, count);
  }

  int64_t kept() const { return static_cast<int64_t>(kept_.load()); }

  void trim_when_idle() {
    if (used_.exchange(false)) return;
    std::list<Block*> all;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      while (!by_age_.empty()) all.push_back(remove(by_age_.front()));
      peak_ = in_use_;
    }
    for (const Block* block : all) delete block;
  }

 private:
  // The tightest block that wastes less than an eighth; without one, room is made for a new one.
  Block* take(size_t size) {
    std::list<Block*> surplus;
    Block* found = nullptr;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      const auto fit = by_size_.lower_bound(size);
      if (fit != by_size_.end() && fit->first <= size + size / 8) {
        // The newest of that size: its lines may still be in the processor's caches.
        found = remove(std::prev(by_size_.upper_bound(fit->first))->second);
        in_use_ += found->size;
        users_.emplace(found->memory.get(), found);
      } else {
        in_use_ += size;
      }
      peak_ = std::max(peak_, in_use_);
      while (in_use_ + kept_ > peak_ && !by_age_.empty()) {
        surplus.push_back(remove(by_age_.front()));
      }
    }
    for (const Block* block : surplus) delete block;
    return found;
  }

  Block* make(size_t size) {
    auto block = std::make_unique<Block>();
    block->size = size;
    try {
      block->memory = source_->allocate(size);
    } catch (...) {
      const std::lock_guard<std::mutex> lock(mutex_);
      in_use_ -= size;
      throw;
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    users_.emplace(block->memory.get(), block.get());
    return block.release();
  }

  static void give_back(void* memory) {
    if (!instance().keep(memory)) instance().source_->raw_deallocate(memory);
  }

  // Whether it was allocated here.
  bool keep(void* memory) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto user = users_.find(memory);
    if (user == users_.end()) return false;
    Block* block = user->second;
    users_.erase(user);
    in_use_ -= block->size;
    kept_ += block->size;
    block->by_age = by_age_.insert(by_age_.end(), block);
    block->by_size = by_size_.emplace(block->size, block);
    return true;
  }

  // With the mutex held.
  Block* remove(Block* block) {
    by_age_.erase(block->by_age);
    by_size_.erase(block->by_size);
    kept_ -= block->size;
    return block;
  }

  at::Allocator* source_;
  mutable std::mutex mutex_;
  std::list<Block*> by_age_;
  std::multimap<size_t, Block*> by_size_;
  std::unordered_map<void*, Block*> users_;  // of the blocks in use, by address
  size_t in_use_ = 0;
  size_t peak_ = 0;
  std::atomic<size_t> kept_{0};
  std::atomic<bool> used_{false};
};

}  // namespace

void install_block_cache() {
  static const bool installed = [] {
    c10::SetCPUAllocator(&BlockCache::instance(), /*priority=*/1);
    return true;
  }();
  (void)installed;
}

int64_t kept_bytes() { return BlockCache::instance().kept(); }

void trim_when_idle() { BlockCache::instance().trim_when_idle(); }

}  // namespace hyperlift
