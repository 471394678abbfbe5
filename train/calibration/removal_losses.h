// What it costs to take weights out of one row of a layer, where the others make up for it (Optimal
// Brain Surgeon: Hassibi & Stork, 1993).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "train/calibration/symmetric_matrix.h"

namespace karnin {

/// For each weight the mean squared error of the row's output, w^2 / [H^-1]_pp, that its removal
/// adds at the time when it goes: the cheapest go first, in rounds of a share of those that are
/// left, and after each round the others are what they have then become. `inverse` is H^-1, of the
/// mean of x x^T; weights whose `mask` is 0 (empty: none) are out from the start, and cost nothing.
/// What goes later never costs less.
std::vector<float> removal_losses(const SymmetricMatrix& inverse, std::span<const float> weights,
                                  std::span<const std::uint8_t> mask);

}  // namespace karnin
