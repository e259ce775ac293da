#include "data/mapped_file.h"

#include "core/error.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hyperlift {

namespace {

// A file descriptor that lives as long as the mapping is made; the mapping outlives it.
class Descriptor {
 public:
  explicit Descriptor(const std::string& path) : number_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (number_ >= 0) return;
    const int reason = errno;
    fail(reason == ENOENT ? "DATA_MISSING" : "DATA_UNREADABLE", path,
         ": cannot be opened: ", std::strerror(reason));
  }
  ~Descriptor() { close(number_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }
  int64_t size() const {
    struct stat facts = {};
    return fstat(number_, &facts) == 0 ? static_cast<int64_t>(facts.st_size) : -1;
  }

 private:
  int number_;
};

}  // namespace

MappedFile::MappedFile(const std::string& path, int64_t offset, int64_t length)
    : offset_(offset), size_(offset + length) {
  const Descriptor file(path);
  if (file.size() != size_ || offset < 0 || length < 1) {
    fail("DATA_TRUNCATED", path, ": is of ", file.size(), " bytes, expected ", offset, " and ",
         length, " of values");
  }
  void* const mapped = mmap(nullptr, size_, PROT_READ, MAP_SHARED, file.number(), 0);
  if (mapped == MAP_FAILED) {
    fail("DATA_UNREADABLE", path, ": cannot be mapped: ", std::strerror(errno));
  }
  address_ = static_cast<std::byte*>(mapped);
  // Patches lie anywhere: reading on behind a touched page would mostly fetch what nobody asks for.
  madvise(address_, size_, MADV_RANDOM);
}

MappedFile::~MappedFile() { munmap(address_, size_); }

void MappedFile::will_need(int64_t offset, int64_t length) const {
  static const int64_t page = sysconf(_SC_PAGESIZE);
  const int64_t begin = (offset_ + offset) / page * page;
  const int64_t end = std::min(offset_ + offset + length, size_);
  if (begin < end) madvise(address_ + begin, end - begin, MADV_WILLNEED);
}

}  // namespace hyperlift
