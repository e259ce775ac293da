// Normal deviates that are a function of (seed, sample, element): the order in which threads ask
// does not matter, and a resumed run needs no generator state.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace hyperlift {

// The finalizer of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
inline uint64_t mix64(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

inline uint64_t mix64(uint64_t seed, uint64_t index) {
  return mix64(mix64(seed) + 0x9E3779B97F4A7C15ULL * (index + 1));
}

// Box and Muller, one deviate a call.
inline double normal_deviate(uint64_t stream, uint64_t element) {
  constexpr double unit = 1.0 / 9007199254740992.0;  // 2^-53
  const uint64_t a = mix64(stream, 2 * element);
  const uint64_t b = mix64(stream, 2 * element + 1);
  const double u = (static_cast<double>(a >> 11) + 0.5) * unit;  // in (0, 1)
  const double v = static_cast<double>(b >> 11) * unit;
  return std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
}

}  // namespace hyperlift
