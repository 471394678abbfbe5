#include "train/loop/train_options.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/core/error.h"
#include "train/loop/check_images.h"
#include "train/loop/ghost_batch.h"

namespace karnin {
namespace {

void check_teacher(const Model& model, const TrainOptions& options) {
  if (!options.teacher) return;
  if (!options.teacher->model || options.teacher->share == 0)
    throw ArgumentError("teacher: expected a network and a share of the loss above 0, got none");
  const Model& teacher = *options.teacher->model;
  validate(teacher);
  const std::int64_t classes = class_count(model.graph);
  if (!teacher.classes.empty() && !model.classes.empty() && teacher.classes != model.classes)
    throw ArgumentError("teacher: expected the classes that are learnt here, got others");
  if (input_extent(teacher.graph) != input_extent(model.graph) ||
      teacher.preprocess != model.preprocess || class_count(teacher.graph) != classes)
    throw ShapeError(fmt::format(
        "teacher: expected {}'s images, normalised as here, and {} classes, got another network's",
        model.graph.name, classes));
}

void check_batch_norm(const Model& model, const TrainOptions& options, std::int64_t images) {
  if (!options.freeze_batch_norm) {
    require_variances(model.graph, std::min(options.batch, images));
    if (images > options.batch && images % options.batch != 0)
      require_variances(model.graph, images % options.batch);
  } else if (std::ranges::none_of(model.graph.nodes,
                                  [](const Node& node) { return is<BatchNorm>(node.op); })) {
    throw ArgumentError(
        fmt::format("statistics that stay as they are: expected a network with batch norm, got {}",
                    model.graph.name));
  }
}

}  // namespace

void require_positive(const char* what, std::int64_t value) {
  if (value < 1) throw ArgumentError(fmt::format("{}: expected 1 or more, got {}", what, value));
}

LossOptions loss_of(const TrainOptions& options) {
  LossOptions loss{.label_smoothing = options.label_smoothing, .kind = options.loss};
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
  check_batch_norm(model, options, images.size());
}

}  // namespace karnin
