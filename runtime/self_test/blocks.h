// Images between plain order and the blocks of lanes of a table, element by element.
#pragma once

#include <cstdint>
#include <span>

#include "runtime/kernels/kernels.h"
#include "runtime/self_test/operands.h"

namespace karnin::self_test {

/// Images of every check with blocks: some whole blocks and part of one at the narrow levels, part
/// of a second one at the widest.
inline constexpr std::int64_t kImages = 19;

/// kImages as whole blocks.
std::int64_t block_rows(const kernels::Table& table);

/// Rows of `floats` numbers each as blocks; lanes without an image hold 0.
Values to_blocks(const kernels::Table& table, std::span<const float> rows, std::int64_t floats);

/// The first `images` back.
Values from_blocks(const kernels::Table& table, std::span<const float> blocks, std::int64_t floats,
                   std::int64_t images = kImages);

/// The same with the pairs of Table::rows_to_pairs.
Values to_pairs(const kernels::Table& table, std::span<const float> rows, std::int64_t floats);
Values from_pairs(const kernels::Table& table, std::span<const float> pairs, std::int64_t floats,
                  std::int64_t images = kImages);

}  // namespace karnin::self_test
