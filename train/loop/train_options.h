// What a training is asked for.
#pragma once

#include <cstdint>
#include <memory>

#include "formats/data/dataset.h"
#include "runtime/core/model.h"
#include "train/loop/augmentation.h"
#include "train/loop/loss.h"
#include "train/loop/optimizer.h"
#include "train/loop/schedule.h"

namespace karnin {

struct TrainOptions {
  std::int64_t epochs = 2;
  std::int64_t batch = 4;
  SgdOptions sgd;
  ScheduleOptions schedule;
  AugmentationOptions augmentation;
  LossOptions loss;
  std::shared_ptr<const Model> teacher;  ///< whose answers loss.teacher_share is of; else null
  std::uint64_t seed = 1;
  int threads = 0;  ///< 0: all
};

/// Throws ArgumentError for options out of range, a teacher without a share or a share without a
/// teacher, or no images, ShapeError when model, teacher and images do not fit. The optimizer looks
/// at its own options.
void validate(const TrainOptions& options, const Model& model, const ImageSet& images);

/// Throws ArgumentError for less than 1.
void require_positive(const char* what, std::int64_t value);

}  // namespace karnin
