#include "train/loop/training_step.h"

#include <algorithm>
#include <cmath>

#include "train/loop/data_order.h"
#include "train/loop/ghost_batch.h"

namespace karnin {
namespace {

Objective objective_of(const TrainOptions& options) {
  return {loss_of(options), options.teacher ? options.teacher->model.get() : nullptr,
          !options.freeze_batch_norm};
}

}  // namespace

TrainingStep::OtherImages::OtherImages(const Model& model, const ImageSet& set,
                                       const TrainOptions& options, Arena& arena)
    : images(set), gradient(model, {set, {}, options.seed}, objective_of(options), arena) {}

bool TrainingStep::OtherImages::compute(const Batch& batch, std::uint64_t seed) {
  indices.resize(batch.images.size());
  draw_batch(images.size(), seed, batch.step, indices);
  return std::isfinite(gradient.compute({indices, 0, batch.step}).sum);
}

TrainingStep::TrainingStep(Model& model, const ImageSet& images, const TrainOptions& options)
    : model_(model),
      options_(options),
      arena_(options.threads),
      masks_(model),
      batch_gradient_(model, {images, options.augmentation, options.seed}, objective_of(options),
                      arena_),
      optimizer_(model, masks_, options.sgd),
      ranges_(parameter_ranges(model)),
      statistics_(options.freeze_batch_norm ? std::vector<ParameterRange>()
                                            : statistic_ranges(model)) {}

void TrainingStep::observe_on(const ImageSet& images) {
  others_.emplace(model_, images, options_, arena_);
}

void TrainingStep::heed_masks(const Audience& audience) {
  masks_.hold(audience.holds_masks());
  skips_pruned_ = masks_.are_held() && !audience.wants_pruned_gradients();
  const MaskSet* skipped = skips_pruned_ ? &masks_ : nullptr;
  batch_gradient_.skip(skipped);
  if (others_) others_->gradient.skip(skipped);
  optimizer_.heed_masks();
}

TrainingStep::Gradient TrainingStep::compute(const Batch& batch, const Audience& audience) {
  heed_masks(audience);
  Gradient gradient{batch_gradient_.compute(batch), {}};
  if (!std::isfinite(gradient.loss.sum))
    gradient.not_finite = batch_gradient_.first_non_finite(batch);
  else if (others_ && !others_->compute(batch, options_.seed))
    gradient.not_finite = "the loss of the images held out";
  return gradient;
}

void TrainingStep::update(double learning_rate, const Audience& audience) {
  // Two tasks a thread even out what the cores do besides; below 8 Ki elements a task is not worth
  // handing over. The result does not depend on their number: every range stands by itself.
  constexpr std::int64_t kRangesPerTask = 8;
  const auto count = static_cast<std::int64_t>(ranges_.size());
  const std::int64_t tasks =
      std::clamp<std::int64_t>(count / kRangesPerTask, 1, std::int64_t{2} * arena_.threads());
  arena_.for_each(tasks, [&](std::int64_t task) {
    for (std::int64_t i = task * count / tasks; i < (task + 1) * count / tasks; ++i)
      update(ranges_[static_cast<std::size_t>(i)], learning_rate, audience);
  });
  for (const ParameterRange& range : statistics_) follow(range);
}

void TrainingStep::follow(const ParameterRange& range) noexcept {
  float measured[kRangeElements];
  batch_gradient_.sum(range, measured);
  follow_statistics(
      batch_gradient_.ghost_batches(), measured,
      model_.parameters[range.parameter].value.span().subspan(
          static_cast<std::size_t>(range.offset), static_cast<std::size_t>(range.count)));
}

void TrainingStep::update(const ParameterRange& range, double learning_rate,
                          const Audience& audience) noexcept {
  alignas(kCacheLine) float gradient[kRangeElements];
  alignas(kCacheLine) float delta[kRangeElements];
  const auto sum = [&](const BatchGradient& of) {
    of.sum(range, gradient);
    if (skips_pruned_) optimizer_.drop_pruned(range, gradient);
  };
  sum(batch_gradient_);
  optimizer_.update(range, gradient, learning_rate, delta);
  if (others_) sum(others_->gradient);
  const auto count = static_cast<std::size_t>(range.count);
  audience.tell({range.parameter, range.offset, {gradient, count}, {delta, count}, learning_rate});
}

}  // namespace karnin
