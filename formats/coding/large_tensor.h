// From which size on the speed of a coding counts as much as its last byte. Normative: FORMAT.md,
// "Large tensors".
#pragma once

#include <cstdint>

namespace karnin {

/// The first version of the format that knows codings for large tensors.
inline constexpr std::uint32_t kLargeTensorsSince = 3;

/// A tensor that keeps as many weights is large.
inline constexpr std::uint64_t kLargeKept = std::uint64_t{1} << 14;

constexpr bool is_large(std::uint64_t kept, std::uint32_t version) {
  return version >= kLargeTensorsSince && kept >= kLargeKept;
}

}  // namespace karnin
