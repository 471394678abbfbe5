// How much each weight matters, by one of several methods: the number that pruning sorts by.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/graph/model.h"

namespace karnin {

/// Those down to change are sensitivities that the recorder left in the model (recorder.h), taylor
/// and fisher of gradients that somebody computed for it (gradient_scores.h), obs and obd of what
/// its layers read (train/calibration/surgeon_scores.h). magnitude is |w|.
/// lamp is w^2 over the sum of the squares of the weights of its layer that are no smaller (Lee et
/// al., arXiv:2010.07611, eq. 1): magnitude, made comparable between layers. random is the control
/// that every method must beat: uniform in [0, 1).
enum class PruneMethod {
  karnin,
  karnin_sgd,
  karnin_epoch,
  karnin_gradient_epoch,
  khanal_pseudocode,
  synaptic_intelligence,
  movement,
  change,
  taylor,
  fisher,
  obs,
  obd,
  magnitude,
  lamp,
  random
};

bool needs_gradients(PruneMethod method);      ///< taylor or fisher
bool needs_inputs(PruneMethod method);         ///< of layers: obs or obd
bool needs_weights_alone(PruneMethod method);  ///< or chance: magnitude, lamp, random
bool may_be_negative(PruneMethod method);      ///< whether its scores can be

std::string_view to_string(PruneMethod method);               ///< "karnin-sgd", ...
PruneMethod prune_method_from_string(std::string_view name);  ///< throws ArgumentError

/// Raw scores of all weights of one parameter: high = keep. `seed` is of the random ones. Throws
/// ArgumentError where the model does not hold the sensitivities that the method needs, or a score
/// is not finite.
std::vector<double> raw_scores(const Model& model, std::size_t parameter, PruneMethod method,
                               std::uint64_t seed);

}  // namespace karnin
