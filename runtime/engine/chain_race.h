// How long each layer of a few chains takes: all of them in turns, so that a machine that slows
// down slows them all.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "runtime/layers/chain.h"

namespace karnin {

/// Microseconds of every layer of every chain, [chain][layer], medians: each chain runs for about a
/// millisecond, half of it untimed, or eight times, whatever takes longer. At least one chain.
std::vector<std::vector<double>> race_chains(std::span<const std::unique_ptr<Chain>> chains);

}  // namespace karnin
