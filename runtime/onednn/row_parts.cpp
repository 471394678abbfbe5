#include "runtime/onednn/row_parts.h"

#include <algorithm>
#include <optional>

#include "runtime/graph/macs.h"

namespace karnin::onednn {
namespace {

// To wake a thread, and to wait for it, takes as long as some hundred thousand of these.
constexpr std::int64_t kLeastMacs = 200'000;

/// Rows [first, end) of dst in an image; nothing where they read nothing but padding.
std::optional<RowPart> part_of(const Conv2d& spec, const Blob& src, const Blob& dst,
                               std::int64_t image, std::int64_t first, std::int64_t end) {
  const std::int64_t top = first * spec.sh - spec.ph.l;
  const std::int64_t bottom = (end - 1) * spec.sh - spec.ph.l + (spec.kh - 1) * spec.dh + 1;
  const std::int64_t from = std::max<std::int64_t>(top, 0), to = std::min(bottom, src.extent.h);
  if (from >= to) return std::nullopt;
  RowPart part{spec, src, dst, 0, 0};
  part.spec.ph = {from - top, bottom - to};
  part.src.images = part.dst.images = 1;
  part.src.extent.h = to - from;
  part.dst.extent.h = end - first;
  const auto offset = [image](const Blob& blob, std::int64_t row) {
    return (image * blob.extent.h + row) * blob.extent.w * blob.extent.c;
  };
  part.src_offset = offset(src, from);
  part.dst_offset = offset(dst, first);
  return part;
}

}  // namespace

std::vector<RowPart> row_parts(const Conv2d& spec, const Blob& src, const Blob& dst,
                               std::int64_t threads) {
  std::vector<RowPart> whole{{spec, src, dst, 0, 0}};
  const std::int64_t work = dst.images * macs(spec, {{src.extent}});
  const std::int64_t wanted = std::min(threads, work / kLeastMacs);
  if (wanted < 2) return whole;
  const std::int64_t images = dst.images, rows = dst.extent.h;
  const std::int64_t each =
      std::clamp<std::int64_t>((wanted + images - 1) / images, 1, rows);  // parts of an image
  std::vector<RowPart> parts;
  for (std::int64_t image = 0; image < images; ++image)
    for (std::int64_t i = 0; i < each; ++i) {
      const auto part = part_of(spec, src, dst, image, i * rows / each, (i + 1) * rows / each);
      if (!part) return whole;
      parts.push_back(*part);
    }
  return parts;
}

}  // namespace karnin::onednn
