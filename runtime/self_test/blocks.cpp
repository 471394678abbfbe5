#include "runtime/self_test/blocks.h"

namespace karnin::self_test {
namespace {

std::int64_t whole_blocks(const kernels::Table& table, std::int64_t images) {
  return (images + table.lanes - 1) / table.lanes * table.lanes;
}

/// Where element i of an image stands.
std::int64_t block_place(const kernels::Table& table, std::int64_t /*images*/, std::int64_t floats,
                         std::int64_t image, std::int64_t i) {
  return (image / table.lanes * floats + i) * table.lanes + image % table.lanes;
}

std::int64_t pair_place(const kernels::Table& table, std::int64_t images, std::int64_t floats,
                        std::int64_t image, std::int64_t i) {
  const std::int64_t width = 2 * table.lanes, first = image / width * width;
  const std::int64_t step = images - first > table.lanes ? width : table.lanes;
  return first * floats + i * step + image % width;
}

template <typename Place>
Values turned(const kernels::Table& table, std::span<const float> rows, std::int64_t floats,
              const Place& place) {
  const std::int64_t images = static_cast<std::int64_t>(rows.size()) / floats;
  Values result(static_cast<std::size_t>(whole_blocks(table, images) * floats));
  for (std::int64_t n = 0; n < images; ++n)
    for (std::int64_t i = 0; i < floats; ++i)
      result[static_cast<std::size_t>(place(table, images, floats, n, i))] =
          rows[static_cast<std::size_t>(n * floats + i)];
  return result;
}

template <typename Place>
Values turned_back(const kernels::Table& table, std::span<const float> blocks, std::int64_t floats,
                   std::int64_t images, const Place& place) {
  Values rows(static_cast<std::size_t>(images * floats));
  for (std::int64_t n = 0; n < images; ++n)
    for (std::int64_t i = 0; i < floats; ++i)
      rows[static_cast<std::size_t>(n * floats + i)] =
          blocks[static_cast<std::size_t>(place(table, images, floats, n, i))];
  return rows;
}

}  // namespace

std::int64_t block_rows(const kernels::Table& table) { return whole_blocks(table, kImages); }

Values to_blocks(const kernels::Table& table, std::span<const float> rows, std::int64_t floats) {
  return turned(table, rows, floats, block_place);
}

Values from_blocks(const kernels::Table& table, std::span<const float> blocks, std::int64_t floats,
                   std::int64_t images) {
  return turned_back(table, blocks, floats, images, block_place);
}

Values to_pairs(const kernels::Table& table, std::span<const float> rows, std::int64_t floats) {
  return turned(table, rows, floats, pair_place);
}

Values from_pairs(const kernels::Table& table, std::span<const float> pairs, std::int64_t floats,
                  std::int64_t images) {
  return turned_back(table, pairs, floats, images, pair_place);
}

}  // namespace karnin::self_test
