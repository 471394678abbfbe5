#include "formats/data/image_set.h"

#include <algorithm>

namespace karnin {
namespace {

/// Rows become columns, in every image of rows x columns elements.
template <typename T>
void transpose_each(std::vector<T>& all, std::size_t rows, std::size_t columns) {
  if (rows == 1 || columns == 1) return;
  std::vector<T> image(rows * columns);
  for (auto at = all.begin(); at != all.end(); at += static_cast<std::ptrdiff_t>(image.size())) {
    std::copy_n(at, image.size(), image.begin());
    auto to = at;
    for (std::size_t column = 0; column < columns; ++column)
      for (std::size_t row = 0; row < rows; ++row) *to++ = image[row * columns + column];
  }
}

}  // namespace

void ImageSet::put_channels_first() {
  const auto channels = static_cast<std::size_t>(extent.c);
  const auto plane = static_cast<std::size_t>(extent.h * extent.w);
  transpose_each(pixels, plane, channels);
  transpose_each(values, plane, channels);
}

void ImageSet::put_channels_last() {
  const auto channels = static_cast<std::size_t>(extent.c);
  const auto plane = static_cast<std::size_t>(extent.h * extent.w);
  transpose_each(pixels, channels, plane);
  transpose_each(values, channels, plane);
}

}  // namespace karnin
