// Memory of large CPU tensors, kept for the next tensor of that size. A training step asks for the
// same sizes again and again; the C library returns each of them to the system, which clears every
// page anew: up to a third of a step on a busy machine.
#pragma once

#include <cstdint>

namespace hyperlift {

// Makes LibTorch allocate CPU tensors here from now on; calling it again changes nothing.
void install_block_cache();

// Bytes that are kept and not in use. They never raise the peak: in use and kept together stay
// below the most that was in use at one time.
int64_t kept_bytes();

// Returns what is kept to the system, if nothing was allocated since the last call.
void trim_when_idle();

}  // namespace hyperlift
