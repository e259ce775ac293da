// LibTorch's dispatcher, for operations that its C++ API does not name.
#pragma once

#include <ATen/core/dispatch/Dispatcher.h>
