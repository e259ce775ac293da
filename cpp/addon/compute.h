// What calls of tensor operations share: named parameters, and the token that an AbortSignal sets.
#pragma once

#include "addon/tensor_handle.h"
#include "ops/op.h"

namespace hyperlift::addon {

class StopToken : public Wrapped<StopToken> {
 public:
  static constexpr const char* kName = "NativeStop";
  static constexpr napi_type_tag kTag = {0x2f8b6d04c71e4a95, 0xb3e90a5d6c18f742};

  explicit StopToken(const Napi::CallbackInfo& info)
      : Wrapped(info), flag_(take_payload<StopFlag>(info)) {}
  Napi::Value stop(const Napi::CallbackInfo& info);
  const StopFlag& flag() const { return flag_; }

 private:
  StopFlag flag_;
};

StopFlag stop_of(const Napi::Value& value);  // null for undefined
Parameters parameters_of(const Napi::Value& value);

}  // namespace hyperlift::addon
