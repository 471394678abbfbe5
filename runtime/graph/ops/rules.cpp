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

std::int64_t window_count(std::int64_t length, std::int64_t kernel, std::int64_t stride,
                          std::int64_t padding) {
  require_shape(is_side(kernel) && is_side(stride), "kernel and stride must be in 1..2^20");
  require_shape(padding >= 0 && padding < kernel, "padding must be in 0..kernel - 1");
  require_shape(length + 2 * padding >= kernel, "kernel " + std::to_string(kernel) +
                                                    " exceeds the padded input of " +
                                                    std::to_string(length + 2 * padding));
  return (length + 2 * padding - kernel) / stride + 1;
}

std::vector<ParameterShape> weight_and_bias(Dims weight) {
  const std::int64_t rows = weight.front();
  return {{Role::weight, std::move(weight)}, {Role::bias, {rows}}};
}

}  // namespace karnin
