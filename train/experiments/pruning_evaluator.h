// How accurate a network is under many different masks. The layers in front of the first pruned one
// see the images once, and the masks are evaluated side by side over what they made of them.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "formats/data/dataset.h"
#include "runtime/core/parallel.h"
#include "runtime/engine/metrics.h"
#include "runtime/graph/model.h"
#include "train/masks/pruner.h"

namespace karnin {

/// Anything that prunes a model and says what it removed. Called from several threads at once, each
/// with a model of its own.
using Pruning = std::function<PruneReport(Model&)>;

struct Outcome {
  PruneReport report;
  ConfusionMatrix confusion;
};

class PruningEvaluator {
 public:
  /// Runs the front of the network, unless it is wide, over all images; keeps references to model
  /// and images. `layers` are those that prunings may touch. Throws ArgumentError for a layer
  /// without weights.
  PruningEvaluator(const Model& model, const ImageSet& images, std::span<const std::string> layers,
                   int threads);

  /// One outcome a pruning, in order; the same for any number of threads. Equal masks are evaluated
  /// once. Rethrows what a pruning throws; throws ArgumentError if one touches the front.
  std::vector<Outcome> evaluate(std::span<const Pruning> prunings);

  /// The same, each outcome told as soon as it is known, one call at a time; those that `stop`
  /// comes before are left out.
  void evaluate(std::span<const Pruning> prunings,
                const std::function<void(std::size_t pruning, Outcome)>& found,
                const std::function<bool()>& stop);

 private:
  using Masks = std::vector<Mask>;  ///< of the tail's parameters

  struct Choice {
    PruneReport report;
    Masks masks;
  };

  Choice choose(const Pruning& pruning) const;
  ConfusionMatrix classify(const Masks& masks) const;

  const Model& model_;
  const ImageSet& images_;
  Arena arena_;
  NodeId cut_;
  std::vector<ParameterSpec> specs_;
  Model tail_;
  std::vector<float> features_;
};

}  // namespace karnin
