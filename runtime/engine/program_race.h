// How long each layer of a few programs takes: all of them in turns, so that a machine that slows
// down slows them all.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "runtime/program/program.h"

namespace karnin {

/// Microseconds of every layer of every program, [program][layer], medians: each program runs for
/// about a millisecond, half of it untimed, or eight times, whatever takes longer; twice where that
/// takes a fifth of a second. At least one program.
std::vector<std::vector<double>> race_programs(std::span<const std::unique_ptr<Program>> programs);

}  // namespace karnin
