// A picture as its file has it.
#pragma once

#include <cstdint>
#include <vector>

namespace karnin {

/// More than any camera's; what a few bytes of a file can promise stays within memory.
inline constexpr std::int64_t kMaxImagePixels = std::int64_t{1} << 26;

struct Image {
  std::int64_t channels = 0;  ///< 1: grey; 3: red, green, blue
  std::int64_t h = 0;
  std::int64_t w = 0;
  std::vector<std::uint8_t> pixels;  ///< h x w x channels, rows from the top
};

}  // namespace karnin
