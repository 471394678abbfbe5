// How much each weight matters, by one of several methods: the number that pruning sorts by.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/core/model.h"

namespace karnin {

/// The first five are sensitivities that the recorder left in the model (see recorder.h).
/// magnitude is |w|; random is the control that every method must beat: uniform in [0, 1).
enum class PruneMethod {
  karnin,
  karnin_sgd,
  karnin_epoch,
  karnin_gradient_epoch,
  khanal_pseudocode,
  magnitude,
  random
};

std::string_view to_string(PruneMethod method);               ///< "karnin-sgd", ...
PruneMethod prune_method_from_string(std::string_view name);  ///< throws ArgumentError

/// Raw scores of all weights of one parameter: high = keep. `seed` is of the random ones. Throws
/// ArgumentError where the model does not hold the sensitivities that the method needs, or a score
/// is not finite.
std::vector<double> raw_scores(const Model& model, std::size_t parameter, PruneMethod method,
                               std::uint64_t seed);

}  // namespace karnin
