// The loss of one batch and its gradient: each shard goes through the whole network on one core and
// leaves a gradient of its own, and these are added in a fixed tree.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "formats/data/dataset.h"
#include "runtime/core/aligned.h"
#include "runtime/core/parallel.h"
#include "runtime/graph/model.h"
#include "runtime/program/program.h"
#include "train/loop/augmentation.h"
#include "train/loop/loss.h"
#include "train/loop/mask_set.h"
#include "train/loop/parameter_range.h"
#include "train/loop/shards.h"

namespace karnin {

struct Batch {
  std::span<const std::int64_t> images;  ///< indices in the image set, at least one
  std::uint64_t epoch = 0;
  std::uint64_t step = 0;  ///< optimizer steps so far
};

struct BatchLoss {
  double sum = 0;            ///< of loss.h, over the batch
  std::int64_t correct = 0;  ///< images whose largest logit is their label's
};

/// Where the images come from and what is done to them on the way in.
struct ImageSource {
  const ImageSet& images;
  AugmentationOptions augmentation;
  std::uint64_t seed = 0;
};

/// What the logits are compared with.
struct Objective {
  LossOptions loss;
  const Model* teacher = nullptr;  ///< sees the images that the network sees; null: none
  /// Batch norm normalises by what it measures of ghost batches, not by the running statistics.
  bool measures = false;
};

class BatchGradient {
 public:
  /// Keeps references to model, teacher, images and arena. Throws ShapeError for an unsound
  /// graph.
  BatchGradient(const Model& model, const ImageSource& source, const Objective& objective,
                Arena& arena);
  ~BatchGradient();

  /// Forward and backward with the model's present weights. Allocates for a batch size, and in a
  /// thread, that it has not met before, and where masks have changed; otherwise nothing.
  BatchLoss compute(const Batch& batch);

  /// From the next batch on weights that these masks hold at 0 want no gradient; null, as at first:
  /// all want theirs. They are followed as they change, and must outlive it.
  void skip(const MaskSet* masks) { skipped_ = masks; }

  /// Where on the way from the images to the loss of this batch a value first is not finite: "the
  /// weights of conv1", "the output of fc2" or, behind all layers, "the output of the teacher" or
  /// "the loss". Slow; allocates.
  std::string first_non_finite(const Batch& batch);

  /// Of the batch that was computed last; 0 where nothing is measured.
  std::int64_t ghost_batches() const;

  /// dst[0, range.count) = the gradient of the batch's mean loss; anything for weights that want
  /// none. Of statistics: the sum of what its ghost batches measured. Safe from several threads.
  void sum(const ParameterRange& range, float* dst) const noexcept;

 private:
  struct Station;       // what a thread needs to work on shards of one size
  struct SizedProgram;  // the network for one shard size, and its stations by thread

  /// A shard's results, on cache lines of their own.
  struct alignas(kCacheLine) ShardResult {
    AlignedVector<float> gradient;  ///< all parameters, each padded to whole cache lines
    std::vector<float*> parameters;
    double loss = 0;
    std::int64_t correct = 0;
  };

  Shard shard_of(const Batch& batch, std::int64_t index) const;
  bool has_finite_parameters(int node) const;
  SizedProgram& program_for(std::int64_t images);
  void refresh_weights(SizedProgram& sized);
  void heed_masks(SizedProgram& sized) const;
  void reserve_results(std::int64_t shards);
  void run_shard(SizedProgram& sized, const Batch& batch, const Shard& shard, ShardResult& result);
  void load(const Batch& batch, const Shard& shard, Station& station) const;
  static std::span<const float> teach(SizedProgram& sized, Station& station);
  LossSum loss_of(SizedProgram& sized, Station& station, double scale) const;

  const Model& model_;
  ImageSource source_;
  Objective objective_;
  Arena& arena_;
  std::map<std::int64_t, std::unique_ptr<SizedProgram>> programs_;  // by images of a shard
  std::vector<ShardResult> results_;
  std::vector<const float*> weights_;  // the model's tensors
  std::int64_t ghost_batch_;           // images of one; 0: nothing is measured
  std::int64_t images_ = 0;            // of the last batch
  std::int64_t shards_ = 0;            // likewise
  const MaskSet* skipped_ = nullptr;
};

}  // namespace karnin
