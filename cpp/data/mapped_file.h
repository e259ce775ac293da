// A file's bytes in memory, read only; the system reads pages when they are touched and drops them
// when it needs their memory. The one place that knows how a system maps files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace hyperlift {

class MappedFile {
 public:
  // Maps `length` bytes from `offset` on. Throws DATA_MISSING, DATA_UNREADABLE, and DATA_TRUNCATED
  // for a file of another size than offset + length: a page behind its end could only be answered
  // with a signal.
  MappedFile(const std::string& path, int64_t offset, int64_t length);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const std::byte* data() const { return address_ + offset_; }
  // Starts to read a part that is about to be used, and does not wait for it.
  void will_need(int64_t offset, int64_t length) const;

 private:
  std::byte* address_ = nullptr;
  int64_t offset_ = 0, size_ = 0;
};

}  // namespace hyperlift
