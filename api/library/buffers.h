// Floats of a caller's, as addresses and sizes say where they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "api/library/objects.h"
#include "runtime/core/extent.h"

namespace karnin::api {

/// There may be no address for nothing.
template <typename Float>
std::span<Float> floats_of(Float* data, std::size_t floats, const char* name) {
  if (floats == 0) return {};
  required(data, name);
  if (reinterpret_cast<std::uintptr_t>(data) % alignof(float) != 0)
    throw ArgumentError(std::string(name) + ": expected an address of floats, got an odd one");
  return {data, floats};
}

/// How many images so many floats are. What has the wrong size is a matter of shapes here.
inline std::size_t images_in(std::size_t floats, const Extent& extent, const char* name) {
  const auto image = static_cast<std::size_t>(extent.size());
  if (floats % image != 0)
    throw ShapeError(std::string(name) + ": expected a multiple of " + std::to_string(image) +
                     " (" + to_string(extent) + "), got " + std::to_string(floats));
  return floats / image;
}

}  // namespace karnin::api
