#include "formats/exchange/onnx_source.h"

#include <fmt/format.h>

#include <algorithm>

#include "formats/exchange/onnx_bounds.h"
#include "runtime/core/checked.h"
#include "runtime/core/error.h"

namespace karnin {

/// Ranges that the new one meets become one with it.
std::uint64_t OnnxCoverage::add(std::uint64_t begin, std::uint64_t end) {
  std::uint64_t fresh = end - begin, least = begin, most = end;
  auto range = ranges_.upper_bound(begin);
  if (range != ranges_.begin() && std::prev(range)->second >= begin) --range;
  while (range != ranges_.end() && range->first <= end) {
    fresh -= std::min(end, range->second) - std::max(begin, range->first);
    least = std::min(least, range->first);
    most = std::max(most, range->second);
    range = ranges_.erase(range);
  }
  ranges_.emplace(least, most);
  return fresh;
}

void OnnxSource::count(const std::filesystem::path& other, std::uint64_t begin, std::uint64_t end) {
  allowance += kOnnxFactor * others[other].add(begin, end);
}

void OnnxSource::spend(std::int64_t values) {
  const auto bytes = static_cast<std::uint64_t>(checked_mul(values, sizeof(std::int64_t)));
  if (bytes > allowance)
    throw ArgumentError(
        fmt::format("expected tensors in proportion to the file, of at most {} more bytes, got {}",
                    allowance, bytes));
  allowance -= bytes;
}

}  // namespace karnin
