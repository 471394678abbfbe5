// From a trained model to a pruned one: score, normalise, choose, mask.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "runtime/graph/model.h"
#include "train/masks/normalisation.h"
#include "train/masks/scores.h"

namespace karnin {

enum class Scope { layer, global };  ///< normalise and choose per layer, or over all chosen layers

/// Removes scores below `score`; scores lie in [0, 1].
struct Threshold {
  double score = 0;
};

/// Removes the lowest scores, ties by position, until that share of the weights is pruned.
struct Sparsity {
  double share = 0;
};

/// The paper's pruning is {karnin_sgd, minmax, keep, layer, threshold 0.45, {"fc1", "fc2"}}. The
/// default score is Karnin's over epochs in the form that is true to any optimizer: on training
/// images held out, half of the weights gone, none of the others kept more accuracy (magnitude: as
/// much).
struct PruneOptions {
  PruneMethod method = PruneMethod::karnin_gradient_epoch;
  /// Random scores are uniform already, and left as they are.
  Normalisation normalisation = Normalisation::rank;
  SignRule sign = SignRule::clamp;
  Scope scope = Scope::layer;
  std::variant<Threshold, Sparsity> until = Sparsity{};
  std::vector<std::string> layers{"fc1", "fc2"};  ///< weights only, never biases
  std::uint64_t seed = 1;                         ///< of the random scores
};

/// Nothing where a threshold decides.
std::optional<double> sparsity_of(const PruneOptions& options);

struct PruneReport {
  struct LayerCount {
    std::string layer;
    std::int64_t weights = 0;
    std::int64_t removed = 0;  ///< by this call; what was pruned before does not count
    std::int64_t pruned = 0;   ///< now, by this call or before
    bool operator==(const LayerCount&) const = default;
  };
  std::vector<LayerCount> layers;  ///< those that were chosen, in the model's order
  std::vector<LayerCount> others;  ///< that were not, and have weights that were pruned before
};

/// All chosen layers as one.
PruneReport::LayerCount total(const PruneReport& report);

/// Parameters whose weights are chosen together, as indices in the model's order: those of all
/// chosen layers, or one of each. Throws ArgumentError for an unknown layer or none.
std::vector<std::vector<std::size_t>> pruning_groups(const Model& model,
                                                     const PruneOptions& options);

/// Groups of which more is pruned than the options' sparsity asks for, each as one count: "fc1", or
/// "fc1, fc2". prune() leaves them as they are. None where a threshold decides.
std::vector<PruneReport::LayerCount> pruned_beyond(const Model& model, const PruneOptions& options);

/// Sets masks and zeroes the weights. What was pruned before stays so: it has no score, and counts
/// towards a sparsity. The sensitivities stay as they are. A parameter of which nothing is pruned
/// keeps its empty mask. Throws ArgumentError for an unknown layer or none, for a threshold or
/// sparsity outside [0, 1], and as raw_scores() does; the model is then unchanged.
PruneReport prune(Model& model, const PruneOptions& options);

}  // namespace karnin
