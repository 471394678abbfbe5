// One step of a training: the gradient of a batch, then one pass over all weights that sums what
// the shards left, moves the weights, and tells everybody; at its end running statistics follow.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/core/parallel.h"
#include "train/loop/audience.h"
#include "train/loop/batch_gradient.h"
#include "train/loop/train_options.h"

namespace karnin {

class TrainingStep {
 public:
  /// Keeps references to model and images. Options must be valid for them.
  TrainingStep(Model& model, const ImageSet& images, const TrainOptions& options);

  /// The audience sees the gradients of these images, which are drawn at random.
  void observe_on(const ImageSet& images);

  struct Gradient {
    BatchLoss loss;
    std::string not_finite;  ///< where the first infinity or NaN came up; "": nowhere
  };
  /// What is computed depends on the masks and on who watches, never on when they came.
  Gradient compute(const Batch& batch, const Audience& audience);

  /// By the gradient that was computed last.
  void update(double learning_rate, const Audience& audience);

  TrainedWeights& weights() { return weights_; }
  const SgdOptimizer& optimizer() const { return optimizer_; }

 private:
  /// Gradients of images that are not learnt from.
  struct OtherImages {
    OtherImages(const Model& model, const ImageSet& set, const TrainOptions& options, Arena& arena);
    /// False if the loss is not finite.
    bool compute(const Batch& batch, std::uint64_t seed);

    const ImageSet& images;
    BatchGradient gradient;
    std::vector<std::int64_t> indices;
  };

  void heed_masks(const Audience& audience);
  void update(const ParameterRange& range, double learning_rate, const Audience& audience) noexcept;
  void follow(const ParameterRange& range) noexcept;

  Model& model_;
  const TrainOptions options_;
  Arena arena_;
  MaskSet masks_;
  BatchGradient batch_gradient_;
  std::optional<OtherImages> others_;  // whose gradients the audience sees; none: the batch's
  SgdOptimizer optimizer_;
  const std::vector<ParameterRange> ranges_;
  const std::vector<ParameterRange>
      statistics_;  // that follow what is measured; nobody learns them
  TrainedWeights weights_{model_, masks_, optimizer_};
  bool skips_pruned_ = false;  // whose gradients nobody wants
};

}  // namespace karnin
