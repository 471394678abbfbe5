// Plain NCHW values in and out of the layouts that layers use, padding checked.
#pragma once

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "runtime/core/aligned.h"
#include "runtime/core/layout.h"

namespace karnin::test {

/// visit(plain index, index in the blob's memory) for every element.
template <typename Visit>
void for_each_element(const Blob& blob, const Visit& visit) {
  std::size_t plain = 0;
  const std::int64_t pixels = blob.extent.h * blob.extent.w;
  for (std::int64_t n = 0; n < blob.images; ++n)
    for (std::int64_t c = 0; c < blob.extent.c; ++c)
      for (std::int64_t pixel = 0; pixel < pixels; ++pixel, ++plain)
        visit(plain, static_cast<std::size_t>(blob.index(n, c, pixel)));
}

/// Padded channels are 0.
inline void write(const Blob& blob, const std::vector<float>& plain, AlignedVector<float>& memory) {
  memory.assign(static_cast<std::size_t>(blob.floats()), 0.0F);
  for_each_element(blob, [&](std::size_t from, std::size_t to) { memory[to] = plain[from]; });
}

/// Expects the padded channels to hold 0. Lanes without an image may hold anything.
inline std::vector<float> read(const Blob& blob, const AlignedVector<float>& memory) {
  std::vector<float> plain(static_cast<std::size_t>(blob.images * blob.extent.size()));
  std::vector<bool> padding(memory.size(), true);
  for_each_element(blob, [&](std::size_t to, std::size_t from) {
    plain[to] = memory[from];
    padding[from] = false;
  });
  for (std::size_t i = 0; i < memory.size(); ++i)
    if (padding[i] && blob.lanes() == 1 && memory[i] != 0.0F) {
      ADD_FAILURE() << "padding at " << i << " is " << memory[i];
      break;
    }
  return plain;
}

/// A value that every operator has to overwrite, in padding too.
inline void poison(AlignedVector<float>& memory) {
  std::fill(memory.begin(), memory.end(), std::numeric_limits<float>::quiet_NaN());
}

}  // namespace karnin::test
