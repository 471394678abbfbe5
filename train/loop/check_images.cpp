#include "train/loop/check_images.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/core/error.h"

namespace karnin {

void check_images(const Model& model, const ImageSet& images) {
  if (images.size() == 0) throw ArgumentError("training images: expected at least one, got none");
  const Extent &expected = input_extent(model.graph), &got = images.extent;
  if (got != expected)
    throw ShapeError(fmt::format("training images: expected {}x{}x{}, got {}x{}x{}", expected.c,
                                 expected.h, expected.w, got.c, got.h, got.w));
  const std::int64_t classes = class_count(model.graph);
  const std::uint8_t top = *std::ranges::max_element(images.labels);
  if (top >= classes)
    throw ShapeError(
        fmt::format("training images: expected labels below {}, got {}", classes, top));
}

}  // namespace karnin
