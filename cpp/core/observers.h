// LibTorch's observers: who is told of each operation that runs (profiling, counting).
#pragma once

#include <ATen/record_function.h>
