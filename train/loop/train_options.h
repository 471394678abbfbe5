// What a training is asked for.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "formats/data/dataset.h"
#include "runtime/graph/model.h"
#include "train/loop/augmentation.h"
#include "train/loop/loss.h"
#include "train/loop/optimizer.h"
#include "train/loop/schedule.h"

namespace karnin {

/// A network whose answers are learnt beside the labels.
struct Teacher {
  std::shared_ptr<const Model> model;
  double share = 0.5;  ///< of the loss, above 0
  double temperature = 1;
};

struct TrainOptions {
  std::int64_t epochs = 2;
  std::int64_t batch = 4;
  SgdOptions sgd;
  ScheduleOptions schedule;
  AugmentationOptions augmentation;
  LossKind loss = LossKind::cross_entropy;
  double label_smoothing = 0;
  std::optional<Teacher> teacher;
  bool freeze_batch_norm = false;  ///< it keeps the statistics that it has, and goes by them
  std::uint64_t seed = 1;
  int threads = 0;  ///< 0: all
};

LossOptions loss_of(const TrainOptions& options);

/// Throws ArgumentError for options out of range or no images, ShapeError when model, teacher and
/// images do not fit. The optimizer looks at its own options.
void validate(const TrainOptions& options, const Model& model, const ImageSet& images);

/// Throws ArgumentError for less than 1.
void require_positive(const char* what, std::int64_t value);

}  // namespace karnin
