// How long the changes of domain take that a network may make.
#pragma once

#include <cstdint>
#include <span>

#include "runtime/engine/domain_path.h"
#include "runtime/graph/graph.h"
#include "runtime/program/domain.h"

namespace karnin {

/// Adds to `times` what a shard takes, in microseconds, to get from each of these domains to each
/// other one at every border between regions. Only reorders run, but the layers around them are
/// made once for each pair of domains: it is they who tell in which layout they want and leave
/// their values.
void add_change_times(DomainTimes& times, const Graph& graph, std::int64_t images,
                      std::span<const Domain> domains);

}  // namespace karnin
