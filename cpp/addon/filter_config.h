// Reader of the weights of a blur (ts/native/types.ts).
#pragma once

#include "addon/convert.h"
#include "ops/mirrored_filter.h"

namespace hyperlift::addon {

// Throws ADDON_ARGUMENT for weights that do not fill it.
MirroredFilter mirrored_filter_of(const Napi::Value& value, const char* what);

}  // namespace hyperlift::addon
