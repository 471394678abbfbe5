// Planes of bytes in another size.
#pragma once

#include <cstdint>
#include <span>

namespace karnin {

/// Of one side: `from` pixels become `to`, of which `count` are wanted, `first` the first of them.
struct Window {
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::int64_t first = 0;
  std::int64_t count = 0;
};

/// rows.from x columns.from bytes to rows.count x columns.count. Bilinear; where a side shrinks,
/// the triangle is as wide as what becomes one pixel and its neighbours, so that every pixel counts
/// (the "antialias" of Pillow and PyTorch). All numbers are at least 1, but `first`. A side that
/// keeps its size keeps its bytes.
void resample(std::span<const std::uint8_t> src, const Window& rows, const Window& columns,
              std::span<std::uint8_t> dst);

}  // namespace karnin
