// The unit of work of an optimizer step: a run of one parameter's elements.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/graph/model.h"

namespace karnin {

/// Elements [offset, offset + count) of Model::parameters[parameter].
struct ParameterRange {
  std::size_t parameter = 0;
  std::int64_t offset = 0;
  std::int64_t count = 0;
  bool operator==(const ParameterRange&) const = default;
};

/// Gradient, step, weights and velocity of one range: 4 x 4 KiB, so that they stay in a 32 KiB L1
/// next to what an observer keeps.
inline constexpr std::int64_t kRangeElements = 1024;

/// Covers everything that is learnt once, in order; no range crosses from one parameter to the
/// next.
std::vector<ParameterRange> parameter_ranges(const Model& model);

/// The same of what is measured: the other parameters.
std::vector<ParameterRange> statistic_ranges(const Model& model);

}  // namespace karnin
