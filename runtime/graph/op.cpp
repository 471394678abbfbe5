#include "runtime/graph/op.h"

#include "runtime/graph/limits.h"

namespace karnin {
namespace {

bool in_range(std::int64_t value) { return value >= 1 && value <= kMaxDim; }

}  // namespace

Extent extent(const Op& op, Extents srcs) {
  const Extent dst = std::visit([&](const auto& kind) { return kind.dst(srcs); }, op);
  require_shape(in_range(dst.c) && in_range(dst.h) && in_range(dst.w) &&
                    checked_mul(checked_mul(dst.c, dst.h), dst.w) <= kMaxElements,
                "output " + to_string(dst) + " is out of range: expected 1 to " +
                    std::to_string(kMaxDim) + " a side and at most " +
                    std::to_string(kMaxElements) + " in all");
  return dst;
}

std::vector<ParameterShape> parameters(const Op& op, Extents srcs) {
  return std::visit([&](const auto& kind) { return kind.parameters(srcs); }, op);
}

Traits traits(const Op& op) {
  return std::visit([](const auto& kind) { return kind.traits(); }, op);
}

}  // namespace karnin
