#include "runtime/graph/ops/rules.h"

#include <utility>

#include "runtime/core/error.h"
#include "runtime/graph/limits.h"

namespace karnin {
namespace {

bool is_side(std::int64_t value) { return value >= 1 && value <= kMaxDim; }

}  // namespace

void require_shape(bool holds, const std::string& problem) {
  if (!holds) throw ShapeError(problem);
}

const Extent& only_input(Extents srcs) {
  require_shape(srcs.size() == 1, "expected one input, got " + std::to_string(srcs.size()));
  return srcs.front();
}

std::int64_t window_count(std::int64_t length, const Window& window) {
  const auto& [kernel, stride, padding, dilation] = window;
  require_shape(is_side(kernel) && is_side(stride) && is_side(dilation),
                "kernel, stride and dilation must be in 1..2^20");
  const std::int64_t reach = (kernel - 1) * dilation + 1;
  const auto fits = [&](std::int64_t pad) { return pad >= 0 && pad < reach; };
  require_shape(fits(padding.l) && fits(padding.r), "padding must be in 0..kernel - 1");
  const std::int64_t padded = length + padding.l + padding.r;
  require_shape(padded >= reach, "kernel " + std::to_string(reach) +
                                     " exceeds the padded input of " + std::to_string(padded));
  return (padded - reach) / stride + 1;
}

std::vector<ParameterShape> weight_and_bias(Dims weight) {
  const std::int64_t rows = weight.front();
  return {{Role::weight, std::move(weight)}, {Role::bias, {rows}}};
}

}  // namespace karnin
