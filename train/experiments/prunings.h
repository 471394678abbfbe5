// The prunings that experiments compare: one by its options, and the controls that tell whether its
// scores know anything.
#pragma once

#include "train/experiments/pruning_evaluator.h"

namespace karnin {

/// prune() with these options.
Pruning pruning_by(PruneOptions options);

/// What else could have been removed in place of what `options` remove.
enum class Control {
  random_same_count,    ///< as many weights, drawn from all its layers together
  shuffled,             ///< its mask in each layer, shuffled: as many weights of every layer
  magnitude_same_count  ///< the smallest weights, as many of every layer
};

std::string_view to_string(Control control);  ///< "random-same-count", ...

/// Removes nothing that `options` do, but what the control says. `seed` is of the random draws.
Pruning control_of(PruneOptions options, Control control, std::uint64_t seed);

}  // namespace karnin
