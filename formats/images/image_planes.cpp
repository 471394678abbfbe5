#include "formats/images/image_planes.h"

#include <algorithm>
#include <cassert>
#include <utility>
#include <vector>

#include "formats/images/resampling.h"

namespace karnin {
namespace {

using Planes = std::vector<std::uint8_t>;

Planes grey_plane(const Image& image) {
  if (image.channels == 1) return image.pixels;
  Planes plane(image.pixels.size() / 3);
  for (std::size_t i = 0; i < plane.size(); ++i) {
    const std::uint8_t* rgb = image.pixels.data() + 3 * i;
    // 0.299, 0.587 and 0.114 in 65,536ths
    plane[i] = static_cast<std::uint8_t>(
        (19595U * rgb[0] + 38470U * rgb[1] + 7471U * rgb[2] + 32768U) >> 16);
  }
  return plane;
}

Planes colour_plane(const Image& image, std::size_t channel) {
  if (image.channels == 1) return image.pixels;
  Planes plane(image.pixels.size() / 3);
  for (std::size_t i = 0; i < plane.size(); ++i) plane[i] = image.pixels[3 * i + channel];
  return plane;
}

/// How the sides of a picture become those of the window that is seen of it.
struct Fit {
  Window rows, columns;
};

/// The side that has less to spare fills the window.
Fit fit(const Image& image, const Extent& extent) {
  const bool tall = image.h * extent.w >= image.w * extent.h;
  const std::int64_t h = tall ? std::max(extent.h, image.h * extent.w / image.w) : extent.h;
  const std::int64_t w = tall ? extent.w : std::max(extent.w, image.w * extent.h / image.h);
  return {{image.h, h, (h - extent.h) / 2, extent.h}, {image.w, w, (w - extent.w) / 2, extent.w}};
}

}  // namespace

void write_planes(const Image& image, const Extent& extent, std::span<std::uint8_t> dst) {
  assert(extent.c == 1 || extent.c == 3);
  assert(dst.size() == static_cast<std::size_t>(extent.size()));
  const auto [rows, columns] = fit(image, extent);
  const auto plane_size = static_cast<std::size_t>(extent.h * extent.w);
  for (std::size_t c = 0; std::cmp_less(c, extent.c); ++c) {
    const auto to = dst.subspan(c * plane_size, plane_size);
    if (c > 0 && image.channels == 1)
      std::ranges::copy(dst.first(plane_size), to.begin());
    else
      resample(extent.c == 1 ? grey_plane(image) : colour_plane(image, c), rows, columns, to);
  }
}

}  // namespace karnin
