#include "train/loop/train_options.h"

#include <fmt/format.h>

#include "runtime/core/error.h"
#include "train/loop/batch_gradient.h"

namespace karnin {
namespace {

void check_teacher(const Model& model, const TrainOptions& options) {
  if ((options.teacher != nullptr) != (options.loss.teacher_share > 0))
    throw ArgumentError("expected a teacher and its share of the loss, got one without the other");
  if (!options.teacher) return;
  const Model& teacher = *options.teacher;
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

void validate(const TrainOptions& options, const Model& model, const ImageSet& images) {
  require_positive("epochs", options.epochs);
  require_positive("batch", options.batch);
  validate(options.schedule);
  validate(options.augmentation, images.extent);
  validate(options.loss);
  validate(model);
  check_teacher(model, options);
  check_images(model, images);
}

}  // namespace karnin
