#include "runtime/onednn/convolution_parts.h"

#include <algorithm>
#include <optional>

#include "runtime/graph/macs.h"

namespace karnin::onednn {
namespace {

// To wake a thread, and to wait for it, takes as long as some hundred thousand of these.
constexpr std::int64_t kLeastMacs = 200'000;

/// Rows [first, end) of dst in an image; nothing where they read nothing but padding.
std::optional<ConvolutionPart> part_of(const Conv2d& spec, const Blob& src, const Blob& dst,
                                       std::int64_t image, std::int64_t first, std::int64_t end) {
  const std::int64_t top = first * spec.sh - spec.ph.l;
  const std::int64_t bottom = (end - 1) * spec.sh - spec.ph.l + (spec.kh - 1) * spec.dh + 1;
  const std::int64_t from = std::max<std::int64_t>(top, 0), to = std::min(bottom, src.extent.h);
  if (from >= to) return std::nullopt;
  ConvolutionPart part{spec, src, dst, 0, 0};
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

std::vector<ConvolutionPart> row_parts(const Conv2d& spec, const Blob& src, const Blob& dst,
                                       std::int64_t wanted) {
  const std::int64_t images = dst.images, rows = dst.extent.h;
  const std::int64_t each =
      std::clamp<std::int64_t>((wanted + images - 1) / images, 1, rows);  // parts of an image
  std::vector<ConvolutionPart> parts;
  for (std::int64_t image = 0; image < images; ++image)
    for (std::int64_t i = 0; i < each; ++i) {
      const auto part = part_of(spec, src, dst, image, i * rows / each, (i + 1) * rows / each);
      if (!part) return {};
      parts.push_back(*part);
    }
  return parts;
}

std::vector<ConvolutionPart> channel_parts(const Conv2d& spec, const Blob& src, const Blob& dst,
                                           std::int64_t wanted) {
  const std::int64_t block = dst.layout == Layout::nChw16c ? 16 : 8;
  if (spec.groups > 1 || dst.images > 1) return {};
  const std::int64_t blocks = (spec.oc + block - 1) / block, count = std::min(wanted, blocks);
  std::vector<ConvolutionPart> parts;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t first = i * blocks / count * block;
    const std::int64_t end = std::min((i + 1) * blocks / count * block, spec.oc);
    ConvolutionPart part{spec, src, dst, 0, first * dst.extent.h * dst.extent.w, first};
    part.spec.oc = part.dst.extent.c = end - first;
    parts.push_back(part);
  }
  return parts;
}

bool is_blocked(Layout layout) { return layout == Layout::nChw8c || layout == Layout::nChw16c; }

}  // namespace

std::vector<ConvolutionPart> convolution_parts(const Conv2d& spec, const Blob& src, const Blob& dst,
                                               std::int64_t threads) {
  const std::int64_t work = dst.images * macs(spec, {{src.extent}});
  const std::int64_t wanted = std::min(threads, work / kLeastMacs);
  std::vector<ConvolutionPart> parts;
  if (wanted > 1 && src.layout == Layout::nhwc && dst.layout == Layout::nhwc)
    parts = row_parts(spec, src, dst, wanted);
  if (wanted > 1 && is_blocked(dst.layout)) parts = channel_parts(spec, src, dst, wanted);
  if (parts.empty()) parts.push_back({spec, src, dst});
  return parts;
}

}  // namespace karnin::onednn
