#include "runtime/onednn/blob.h"

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
  }
  return 1;
}

std::int64_t Blob::image_floats() const {
  const std::int64_t blocks = (extent.c + block() - 1) / block();
  return blocks * block() * extent.h * extent.w;
}

std::int64_t Blob::offset(std::int64_t c, std::int64_t pixel) const {
  const std::int64_t plane = extent.h * extent.w;
  return (c / block() * plane + pixel) * block() + c % block();
}

}  // namespace karnin
