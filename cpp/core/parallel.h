// How many threads LibTorch computes with (at::get_num_threads); loops over them are in
// core/pool.h. Apart from torch.h: most files do without it.
#pragma once

#include <ATen/Parallel.h>
