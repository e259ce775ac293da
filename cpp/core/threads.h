// One knob for the threads of a computation. LibTorch keeps the number per thread, so every native
// job applies it when it starts.
#pragma once

namespace hyperlift {

void set_threads(int threads);  // 1 or more; CONFIG_THREADS otherwise
int threads();         // what jobs use: the knob, or LibTorch's own choice while it was never set
void apply_threads();  // makes the calling thread use it

// Every thread that computes in parallel keeps its own helpers waiting for the next piece of work,
// and with more helpers than cores OpenMP puts each of them to sleep after every piece, which costs
// a training step up to half of its speed. So threads beside the one that computes stay alone,
void compute_alone();  // for the calling thread, for good

// and one that has nothing to do sends its helpers away (they come back with its next work).
void release_helpers();

}  // namespace hyperlift
