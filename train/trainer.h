// The training loop: batches in shards over the arena, gradients in a fixed tree, one fused
// optimizer pass. The same weights for any number of threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "formats/dataset.h"
#include "runtime/core/model.h"
#include "train/augmentation.h"
#include "train/observer.h"
#include "train/optimizer.h"
#include "train/schedule.h"

namespace karnin {

struct TrainOptions {
  std::int64_t epochs = 2;
  std::int64_t batch = 4;
  SgdOptions sgd;
  ScheduleOptions schedule;
  AugmentationOptions augmentation;
  std::uint64_t seed = 1;
  int threads = 0;  ///< 0: all
};

struct EpochReport {
  std::int64_t epoch = 0;        ///< 1-based
  double loss = 0;               ///< mean over the epoch's images
  double accuracy = 0;           ///< on the epoch's training images as they were seen
  double images_per_second = 0;  ///< training alone
  double learning_rate = 0;      ///< of the last step
};

struct StepReport {
  std::int64_t epoch = 0;  ///< 1-based
  std::int64_t step = 0;   ///< 1-based, within the epoch
  std::int64_t steps = 0;  ///< of an epoch
  double loss = 0;         ///< mean of the epoch so far
  double images_per_second = 0;
};

class Trainer {
 public:
  /// Trains the model in place; model and images must outlive the trainer. The model's masks, where
  /// it has any, hold throughout. Throws ArgumentError for options out of range or no images,
  /// ShapeError when model and images do not fit.
  Trainer(Model& model, const ImageSet& images, const TrainOptions& options);
  ~Trainer();

  /// Not owned; must outlive the trainer. May be called several times, before the first step.
  void attach(UpdateObserver& observer);

  /// Called after every step; returning true ends the run after this step.
  using StepCallback = std::function<bool(const StepReport&)>;
  /// One epoch, every image once, the last batch as small as it comes; the model's parameters are
  /// current when it returns. A stopped epoch is reported as far as it got, and counts as one.
  /// Throws Error when the loss is not finite, naming epoch and step; the model is then back at the
  /// weights of the last completed epoch (or of the start).
  EpochReport run_epoch(const StepCallback& on_step = {});
  /// One step on images[indices], for tests and experiments; returns the mean loss before the
  /// update. Throws as run_epoch does, and ArgumentError for no index or one out of range.
  double step(std::span<const std::int64_t> indices);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace karnin
