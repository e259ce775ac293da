// The loop over the threads of the pool of LibTorch (at::parallel_for). Apart from torch.h: most
// files do without it.
#pragma once

#include <ATen/Parallel.h>
