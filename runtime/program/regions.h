// The parts of a network between which its values may change domain.
#pragma once

#include <cstddef>
#include <vector>

#include "runtime/program/draft.h"

namespace karnin {

/// Steps [begin, end) of a draft.
struct Region {
  std::size_t begin = 0, end = 0;
  bool operator==(const Region&) const = default;
};

/// All steps, in order. A region ends at a cut, a value through which every path from the images to
/// a later step runs, and the next one has weights before its first cut: so a residual block is
/// never taken apart, nor a layer with weights from what a pass may join to it (ReLU, pool,
/// dropout). Outputs that were made before are in nobody's way. All this doesn't depend on domains,
/// nor on whether the network is to be trained. At least one step.
std::vector<Region> regions_of(const Draft& draft);

/// By region, the domain in which it really runs, of a draft as make_draft() leaves it: oneDNN's
/// where there is nothing that planes have a layer for.
std::vector<Domain> domains_of(const Draft& draft);

}  // namespace karnin
