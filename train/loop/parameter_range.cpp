#include "train/loop/parameter_range.h"

#include <algorithm>

namespace karnin {
namespace {

std::vector<ParameterRange> ranges_of(const Model& model, bool statistics) {
  const std::vector<ParameterSpec> specs = parameter_specs(model.graph);
  std::vector<ParameterRange> ranges;
  for (std::size_t p = 0; p < model.parameters.size(); ++p) {
    if (is_statistic(specs[p].role) != statistics) continue;
    const std::int64_t size = model.parameters[p].value.size();
    for (std::int64_t offset = 0; offset < size; offset += kRangeElements)
      ranges.push_back({p, offset, std::min(kRangeElements, size - offset)});
  }
  return ranges;
}

}  // namespace

std::vector<ParameterRange> parameter_ranges(const Model& model) { return ranges_of(model, false); }

std::vector<ParameterRange> statistic_ranges(const Model& model) { return ranges_of(model, true); }

}  // namespace karnin
