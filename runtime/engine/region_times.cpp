#include "runtime/engine/region_times.h"

#include <algorithm>
#include <map>

namespace karnin {

std::vector<bool> entering_steps(std::span<const Step> steps) {
  std::map<ValueId, std::size_t> made_in;  // the images, which no step makes, in the first region
  std::vector<bool> entering;
  for (const Step& step : steps) {
    const bool reorders = step.node == kNoNode;
    const std::size_t origin = reorders ? made_in[step.srcs.front()] : step.region;
    made_in[step.dst] = origin;
    entering.push_back(origin != step.region);
  }
  return entering;
}

RegionTimes region_times(std::span<const Step> steps, std::span<const double> microseconds) {
  const std::size_t regions = std::ranges::max_element(steps, {}, &Step::region)->region + 1;
  const std::vector<bool> entering = entering_steps(steps);
  RegionTimes times{std::vector<double>(regions), std::vector<double>(regions)};
  for (std::size_t i = 0; i < steps.size(); ++i)
    (entering[i] ? times.entering : times.inside)[steps[i].region] += microseconds[i];
  return times;
}

}  // namespace karnin
