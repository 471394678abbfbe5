#include "train/loop/train_options.h"

#include <fmt/format.h>

#include "runtime/core/error.h"
#include "train/loop/batch_gradient.h"

namespace karnin {
namespace {

void check_teacher(const Model& model, const TrainOptions& options) {
  if (!options.teacher) return;
  if (!options.teacher->model || options.teacher->share == 0)
    throw ArgumentError("teacher: expected a network and a share of the loss above 0, got none");
  const Model& teacher = *options.teacher->model;
  validate(teacher);
  const auto classes = [](const Model& m) { return infer_extents(m.architecture).back().c; };
  if (!teacher.classes.empty() && !model.classes.empty() && teacher.classes != model.classes)
    throw ArgumentError("teacher: expected the classes that are learnt here, got others");
  if (teacher.architecture.input != model.architecture.input ||
      teacher.preprocess != model.preprocess || classes(teacher) != classes(model))
    throw ShapeError(fmt::format(
        "teacher: expected {}'s images, normalised as here, and {} classes, got another network's",
        model.architecture.name, classes(model)));
}

}  // namespace

void require_positive(const char* what, std::int64_t value) {
  if (value < 1) throw ArgumentError(fmt::format("{}: expected 1 or more, got {}", what, value));
}

LossOptions loss_of(const TrainOptions& options) {
  LossOptions loss{.label_smoothing = options.label_smoothing};
  if (!options.teacher) return loss;
  loss.teacher_share = options.teacher->share;
  loss.temperature = options.teacher->temperature;
  return loss;
}

void validate(const TrainOptions& options, const Model& model, const ImageSet& images) {
  require_positive("epochs", options.epochs);
  require_positive("batch", options.batch);
  validate(options.schedule);
  validate(options.augmentation, images.extent);
  validate(loss_of(options));
  validate(model);
  check_teacher(model, options);
  check_images(model, images);
}

}  // namespace karnin
