// How a file of this folder adds its functions and classes to the addon, without a shared list:
//   static void init_model(Napi::Env env, Napi::Object exports) { ... }
//   HYPERLIFT_EXPORTS(init_model)
#pragma once

#include "addon/napi.h"

#include <vector>

namespace hyperlift::addon {

using Init = void (*)(Napi::Env, Napi::Object);

std::vector<Init>& inits();
bool add_init(Init init);

#define HYPERLIFT_EXPORTS(init) \
  [[maybe_unused]] static const bool exports_##init = ::hyperlift::addon::add_init(init);

}  // namespace hyperlift::addon
