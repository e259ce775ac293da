// The only exception this library throws for a user's mistake. The code is part of the API and is
// listed in ts/errors.ts; the message names what was found and what was expected.
#pragma once

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

}  // namespace hyperlift
