// Which domain each region of a network gets, by a race on this machine.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/engine/plan.h"

namespace karnin {

/// The fastest of these plans for equal shards, each of one domain throughout, or a mix of them.
/// What each region takes in each domain and what it takes to change it make a mix, which is taken
/// if they promise that it is 5 % ahead of all plans, and if it then is, in a race against the
/// fastest one. The timings are those of all plans, and behind them that of the mix, if there was
/// such a race.
Plan race_domains(const NetworkView& network, std::vector<Plan> candidates);

}  // namespace karnin
