// What goes into kernels that are checked, and what they write to.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/core/counter_rng.h"

namespace karnin::self_test {

using Values = std::vector<float>;

/// Integers in [-4, 4]: sums of up to 2^20 of their products are exact in float, in any order.
inline Values integers(std::int64_t count, std::uint64_t seed) {
  CounterRng rng(seed);
  Values values(static_cast<std::size_t>(count));
  for (float& value : values) value = static_cast<float>(rng.below(9)) - 4.0F;
  return values;
}

/// The same, two in three of them 0.
inline Values thinned(std::int64_t count, std::uint64_t seed) {
  Values values = integers(count, seed);
  for (std::size_t i = 0; i < values.size(); ++i)
    if (hash(seed, i) % 3 != 0) values[i] = 0.0F;
  return values;
}

/// Room for results between two zones that show whether something else was written.
class Output {
 public:
  explicit Output(std::int64_t count)
      : values_(static_cast<std::size_t>(count + 2 * kZone), kUntouched) {}
  explicit Output(std::span<const float> values)
      : Output(static_cast<std::int64_t>(values.size())) {
    std::ranges::copy(values, data());
  }

  float* data() { return values_.data() + kZone; }
  std::span<const float> span() const {
    return std::span(values_).subspan(kZone, values_.size() - 2 * kZone);
  }
  bool intact() const {
    const auto untouched = [](float x) { return x == kUntouched; };
    return std::all_of(values_.begin(), values_.begin() + kZone, untouched) &&
           std::all_of(values_.end() - kZone, values_.end(), untouched);
  }
  /// Numbers up to the last one that was written.
  std::int64_t written() const {
    const auto all = span();
    std::size_t count = all.size();
    while (count > 0 && all[count - 1] == kUntouched) --count;
    return static_cast<std::int64_t>(count);
  }

 private:
  static constexpr std::int64_t kZone = 64;  // more than any vector or tile
  static constexpr float kUntouched = -123456.75F;
  Values values_;
};

/// More than any shape here asks for, where it is a kernel that says how much it wants.
inline constexpr std::int64_t kRoom = 1 << 15;

}  // namespace karnin::self_test
