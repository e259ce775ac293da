// Operations that LibTorch offers by name only (c10::Dispatcher).
#pragma once

#include <ATen/core/dispatch/Dispatcher.h>
