// One knob for the threads of a computation. LibTorch keeps the number per thread, so every native
// job applies it when it starts.
#pragma once

namespace hyperlift {

void set_threads(int threads);  // 1 or more; CONFIG_THREADS otherwise
int threads();         // what jobs use: the knob, or LibTorch's own choice while it was never set
void apply_threads();  // makes the calling thread use it

}  // namespace hyperlift
