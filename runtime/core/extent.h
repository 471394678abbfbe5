// The size of one image's activations.
#pragma once

#include <cstdint>
#include <string>

namespace karnin {

/// Activations of one image. A fully connected layer's output is {oc, 1, 1}.
struct Extent {
  std::int64_t c = 0;
  std::int64_t h = 0;
  std::int64_t w = 0;
  std::int64_t size() const { return c * h * w; }
  bool operator==(const Extent&) const = default;
};

/// "16x5x5"
inline std::string to_string(const Extent& e) {
  return std::to_string(e.c) + "x" + std::to_string(e.h) + "x" + std::to_string(e.w);
}

}  // namespace karnin
