// An output buffer between two guard zones: finds writes out of bounds without a sanitizer, also
// those that stay inside the allocation.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace karnin::test {

class Guarded {
 public:
  /// Filled with a value that no kernel is expected to leave behind.
  explicit Guarded(std::int64_t count)
      : values_(static_cast<std::size_t>(count) + 2 * kZone, kFill) {}

  float* data() { return values_.data() + kZone; }
  std::span<const float> span() const {
    return std::span(values_).subspan(kZone, values_.size() - 2 * kZone);
  }
  bool intact() const {
    const auto untouched = [](float x) { return x == kFill; };
    return std::all_of(values_.begin(), values_.begin() + kZone, untouched) &&
           std::all_of(values_.end() - kZone, values_.end(), untouched);
  }

 private:
  static constexpr std::ptrdiff_t kZone = 64;  // more than any vector or tile
  static constexpr float kFill = -123456.75F;
  std::vector<float> values_;
};

}  // namespace karnin::test
