// Models of every shape that a file can hold.
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "runtime/graph/model.h"

namespace karnin::test {

/// A model of a chain of one to four random layers. Deterministic for a seed.
Model random_model(std::uint32_t seed);

/// Gives the parameter a mask that keeps about `density` of its weights, and prunes the others.
void prune_randomly(Parameter& parameter, double density, std::mt19937& rng);

/// Few enough weights to try every byte of its file: a masked tensor (bit mask), one that is all
/// pruned (no gaps at all), dense ones, one sensitivity, class names and provenance.
Model tiny_model();

/// The encodings that tiny_model() lacks: gaps of one, two and four bytes, and a bit mask that does
/// not end on a byte. Neither classes, nor provenance, nor sensitivities.
Model wide_model();

/// Small tensors in every encoding of version 2: each way to say which weights were kept, and each
/// way to write their values.
Model packed_model();

/// Tensors of 16,384 kept weights or more in every coding that is for these alone, and no others.
Model large_model();

}  // namespace karnin::test
