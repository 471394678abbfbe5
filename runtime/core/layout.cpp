#include "runtime/core/layout.h"

namespace karnin {

std::int64_t Blob::block() const {
  switch (layout) {
    case Layout::nchw:
      return 1;
    case Layout::nChw8c:
      return 8;
    case Layout::nChw16c:
      return 16;
    case Layout::nhwc:
      return extent.c;
    case Layout::lanes4:
    case Layout::lanes8:
    case Layout::lanes16:
      return 1;
  }
  return 1;
}

std::int64_t Blob::lanes() const {
  if (layout == Layout::lanes4) return 4;
  if (layout == Layout::lanes8) return 8;
  return layout == Layout::lanes16 ? 16 : 1;
}

std::int64_t Blob::image_floats() const {
  const std::int64_t blocks = (extent.c + block() - 1) / block();
  return blocks * block() * extent.h * extent.w;
}

std::int64_t Blob::offset(std::int64_t c, std::int64_t pixel) const {
  const std::int64_t plane = extent.h * extent.w;
  return (c / block() * plane + pixel) * block() + c % block();
}

std::int64_t Blob::index(std::int64_t image, std::int64_t c, std::int64_t pixel) const {
  const std::int64_t element = image / lanes() * image_floats() + offset(c, pixel);
  return element * lanes() + image % lanes();
}

}  // namespace karnin
