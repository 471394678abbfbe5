// Random numbers as a function of where they are used. A draw is a hash of (seed, what, which one),
// never the next state of a shared generator: the order and the number of threads cannot change it.
#pragma once

#include <cassert>
#include <cstdint>

namespace karnin {

/// Every bit of the result depends on every bit of x; a bijection, so no two x collide.
/// SplitMix64's increment and finaliser (Steele, Lea, Flood, OOPSLA 2014; constants of variant 13).
constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

/// 64 random bits that belong to (seed, a, b, c); the order of the arguments matters.
constexpr std::uint64_t hash(std::uint64_t seed, std::uint64_t a, std::uint64_t b = 0,
                             std::uint64_t c = 0) {
  return mix(mix(mix(mix(seed) ^ a) ^ b) ^ c);
}

/// The top 53 bits as a double in [0, 1): all that a double can hold, equally spaced.
constexpr double uniform01(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }

/// The same numbers one after the other. Its whole state is three integers, so that it can be saved
/// and resumed; generators that differ in seed or stream are independent.
class CounterRng {
 public:
  constexpr explicit CounterRng(std::uint64_t seed, std::uint64_t stream = 0,
                                std::uint64_t counter = 0)
      : key_(hash(seed, stream)), counter_(counter) {}

  constexpr std::uint64_t next() { return mix(key_ ^ mix(counter_++)); }

  /// In [0, 1).
  constexpr double uniform() { return uniform01(next()); }

  /// Every integer in [0, n) with the same probability; n >= 1. The low half of a 128-bit product
  /// tells which draws would favour some results (Lemire, ACM TOMACS 29(1), 2019): those are
  /// repeated.
  constexpr std::uint64_t below(std::uint64_t n) {
    assert(n >= 1);
    const std::uint64_t surplus = (0 - n) % n;  // 2^64 mod n
    Wide product = 0;
    do {
      product = static_cast<Wide>(next()) * n;
    } while (static_cast<std::uint64_t>(product) < surplus);
    return static_cast<std::uint64_t>(product >> 64);
  }

  /// Draws so far, plus the counter that it started from.
  constexpr std::uint64_t counter() const { return counter_; }

 private:
  __extension__ using Wide = unsigned __int128;
  std::uint64_t key_;
  std::uint64_t counter_;
};

}  // namespace karnin
