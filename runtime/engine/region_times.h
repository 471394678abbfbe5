// Where the time of a program goes: into its regions, and into reorders between them.
#pragma once

#include <span>
#include <vector>

#include "runtime/program/lowering.h"

namespace karnin {

/// By step, whether it only reorders what an earlier region made.
std::vector<bool> entering_steps(std::span<const Step> steps);

struct RegionTimes {
  std::vector<double> inside;    ///< by region; reorders of images and logits, too
  std::vector<double> entering;  ///< by region, its entering_steps()
};

/// The sums of what the steps take.
RegionTimes region_times(std::span<const Step> steps, std::span<const double> microseconds);

}  // namespace karnin
