// What the shape rules of several ops share. A rule throws ShapeError with the problem alone; who
// knows the node puts its name in front.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/core/extent.h"
#include "runtime/core/tensor.h"
#include "runtime/graph/ops/padding.h"
#include "runtime/graph/role.h"

namespace karnin {

/// A tensor that an op trains.
struct ParameterShape {
  Role role = Role::weight;
  Dims dims;
};

using Extents = std::span<const Extent>;  ///< of what an op reads, in the order of its inputs

void require_shape(bool holds, const std::string& problem);

/// The input of an op that has one.
const Extent& only_input(Extents srcs);

/// A window that slides over one axis: `kernel` positions, `dilation` apart, `stride` further each
/// time.
struct Window {
  std::int64_t kernel = 1, stride = 1;
  Padding padding;
  std::int64_t dilation = 1;
};

/// How many positions it has on an axis of this length. Throws ShapeError.
std::int64_t window_count(std::int64_t length, const Window& window);

/// A weight of these dimensions, and a bias for each of its rows.
std::vector<ParameterShape> weight_and_bias(Dims weight);

}  // namespace karnin
