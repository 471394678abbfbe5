#include "formats/data/border.h"

#include <algorithm>
#include <utility>

namespace karnin {
namespace {

Extent widened(const Extent& extent, std::int64_t border) {
  return {extent.c, extent.h + 2 * border, extent.w + 2 * border};
}

/// visit(first pixel within a plane with a border, first pixel within one without) for every row
/// of the images proper, in ascending order.
template <typename Visit>
void for_each_row(std::int64_t planes, const Extent& inner, std::int64_t border,
                  const Visit& visit) {
  const Extent outer = widened(inner, border);
  for (std::int64_t plane = 0; plane < planes; ++plane)
    for (std::int64_t row = 0; row < inner.h; ++row)
      visit((plane * outer.h + row + border) * outer.w + border, (plane * inner.h + row) * inner.w);
}

}  // namespace

void add_border(ImageSet& set, std::int64_t border) {
  const Extent outer = widened(set.extent, border);
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(set.size() * outer.size()), 0);
  for_each_row(set.size() * outer.c, set.extent, border, [&](std::int64_t to, std::int64_t from) {
    std::copy_n(set.pixels.begin() + from, set.extent.w, pixels.begin() + to);
  });
  set.pixels = std::move(pixels);
  set.extent = outer;
}

void remove_border(ImageSet& set, std::int64_t border) {
  const Extent inner = widened(set.extent, -border);
  // A row never moves to behind where it was.
  for_each_row(set.size() * inner.c, inner, border, [&](std::int64_t from, std::int64_t to) {
    std::copy_n(set.pixels.begin() + from, inner.w, set.pixels.begin() + to);
  });
  set.pixels.resize(static_cast<std::size_t>(set.size() * inner.size()));
  set.extent = inner;
}

}  // namespace karnin
