// The only exception this library throws for a user's mistake. The code is part of the API and is
// listed in ts/errors.ts; the message names what was found and what was expected.
#pragma once

#include <c10/util/Exception.h>
#include <c10/util/StringUtil.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace hyperlift {

class Error : public std::runtime_error {
 public:
  Error(std::string code, const std::string& message)
      : std::runtime_error(message), code_(std::move(code)) {}
  const std::string& code() const noexcept { return code_; }

 private:
  std::string code_;
};

// fail("TENSOR_SHAPE", "matmul: found ", a.sizes(), " and ", b.sizes(), ", expected ...")
template <class... Parts>
[[noreturn]] void fail(const char* code, const Parts&... parts) {
  throw Error(code, c10::str(parts...));
}

// Whether a LibTorch error means that memory ran out, on the host or on a device.
inline bool is_out_of_memory(const c10::Error& error) {
  if (dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr) return true;
  const std::string text = error.what_without_backtrace();
  return text.find("not enough memory") != std::string::npos ||
         text.find("can't allocate memory") != std::string::npos;
}

}  // namespace hyperlift
