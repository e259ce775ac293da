// Loops that the compiler vectorises, built once for each width of vector unit and chosen at load.
// The build itself stays at the baseline instruction set.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && defined(__linux__)
#define HYPERLIFT_CLONES \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define HYPERLIFT_CLONES
#endif
