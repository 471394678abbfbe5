// Images between plain order and the blocks of lanes that kernels want, element by element.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace karnin::test {

/// Rows of `floats` numbers; lanes without an image hold 0.
inline std::vector<float> to_blocks(std::span<const float> rows, std::int64_t floats,
                                    std::int64_t lanes) {
  const std::int64_t images = static_cast<std::int64_t>(rows.size()) / floats;
  const std::int64_t blocks = (images + lanes - 1) / lanes;
  std::vector<float> result(static_cast<std::size_t>(blocks * lanes * floats), 0.0F);
  for (std::int64_t n = 0; n < images; ++n)
    for (std::int64_t i = 0; i < floats; ++i)
      result[static_cast<std::size_t>((n / lanes * floats + i) * lanes + n % lanes)] =
          rows[static_cast<std::size_t>(n * floats + i)];
  return result;
}

inline std::vector<float> from_blocks(std::span<const float> blocks, std::int64_t floats,
                                      std::int64_t lanes, std::int64_t images) {
  std::vector<float> rows;
  for (std::int64_t n = 0; n < images; ++n)
    for (std::int64_t i = 0; i < floats; ++i)
      rows.push_back(
          blocks[static_cast<std::size_t>((n / lanes * floats + i) * lanes + n % lanes)]);
  return rows;
}

}  // namespace karnin::test
