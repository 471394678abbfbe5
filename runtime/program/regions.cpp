#include "runtime/program/regions.h"

#include <algorithm>
#include <cassert>
#include <span>

namespace karnin {
namespace {

/// By value, how many steps have run when the last one has read it.
std::vector<std::size_t> last_reads(const Draft& draft) {
  std::vector<std::size_t> last(draft.values.size(), 0);
  for (std::size_t i = 0; i < draft.steps.size(); ++i)
    for (const ValueId src : draft.steps[i].srcs) last[static_cast<std::size_t>(src)] = i + 1;
  return last;
}

/// What lies between a cut and the next one. As steps are in topological order, a value is a cut if
/// nobody behind it reads an older one; an output waits in plain order, whoever follows.
std::vector<Region> segments_of(const Draft& draft) {
  const std::vector<std::size_t> last = last_reads(draft);
  std::size_t older = 0;  // the last read of whatever was made before
  for (const ValueId input : draft.inputs)
    older = std::max(older, last[static_cast<std::size_t>(input)]);
  std::vector<Region> segments;
  for (std::size_t i = 0, begin = 0; i < draft.steps.size(); ++i) {
    if (older <= i + 1 || i + 1 == draft.steps.size()) {
      segments.push_back({begin, i + 1});
      begin = i + 1;
    }
    older = std::max(older, last[static_cast<std::size_t>(draft.steps[i].dst)]);
  }
  return segments;
}

bool has_weights(const Draft& draft, const Region& segment) {
  const auto weighs = [&](const DraftStep& step) {
    std::vector<Extent> srcs;
    for (const ValueId src : step.srcs) srcs.push_back(draft.value(src));
    return std::ranges::count(parameters(step.op, srcs), Role::weight, &ParameterShape::role) > 0;
  };
  const auto steps = std::span(draft.steps);
  return std::ranges::any_of(steps.subspan(segment.begin, segment.end - segment.begin), weighs);
}

}  // namespace

std::vector<Region> regions_of(const Draft& draft) {
  assert(!draft.steps.empty());
  std::vector<Region> regions{{0, 0}};
  bool weights_before = false;  // in the last region
  for (const Region& segment : segments_of(draft)) {
    const bool weights = has_weights(draft, segment);
    if (weights && weights_before) regions.push_back(segment);
    regions.back().end = segment.end;
    weights_before = weights_before || weights;
  }
  return regions;
}

std::vector<Domain> domains_of(const Draft& draft) {
  std::vector<Domain> domains(draft.steps.back().region + 1, Domain::onednn);
  for (const DraftStep& step : draft.steps)
    if (step.domain == Domain::lanes || (step.domain == Domain::planes && step.pooled) ||
        ((step.domain == Domain::nhwc || step.domain == Domain::sparse_planes) &&
         is<Conv2d>(step.op)))
      domains[step.region] = step.domain;
  return domains;
}

}  // namespace karnin
