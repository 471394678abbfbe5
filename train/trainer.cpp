#include "train/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "runtime/core/checked.h"
#include "runtime/core/error.h"
#include "runtime/core/parallel.h"
#include "train/batch_gradient.h"
#include "train/data_order.h"

namespace karnin {
namespace {

using Clock = std::chrono::steady_clock;

void require_positive(const char* what, std::int64_t value) {
  if (value < 1) throw ArgumentError(fmt::format("{}: expected 1 or more, got {}", what, value));
}

void check_images(const Model& model, const ImageSet& images) {
  if (images.size() == 0) throw ArgumentError("training images: expected at least one, got none");
  const Extent &expected = model.architecture.input, &got = images.extent;
  if (got != expected)
    throw ShapeError(fmt::format("training images: expected {}x{}x{}, got {}x{}x{}", expected.c,
                                 expected.h, expected.w, got.c, got.h, got.w));
  const std::int64_t classes = infer_extents(model.architecture).back().c;
  const std::uint8_t top = *std::ranges::max_element(images.labels);
  if (top >= classes)
    throw ShapeError(
        fmt::format("training images: expected labels below {}, got {}", classes, top));
}

bool all_finite(const Model& model) {
  return std::ranges::all_of(model.parameters, [](const Parameter& parameter) {
    return std::ranges::all_of(parameter.value.span(), [](float w) { return std::isfinite(w); });
  });
}

std::vector<Tensor> copy_weights(const Model& model) {
  std::vector<Tensor> weights;
  for (const Parameter& parameter : model.parameters) weights.push_back(parameter.value);
  return weights;
}

/// Sums over the steps of an epoch.
struct Tally {
  std::int64_t images = 0;
  std::int64_t steps = 0;
  BatchLoss loss;
  double seconds = 0;

  double mean_loss() const { return loss.sum / static_cast<double>(images); }
  double accuracy() const {
    return static_cast<double>(loss.correct) / static_cast<double>(images);
  }
  double images_per_second() const { return static_cast<double>(images) / seconds; }
};

}  // namespace

struct Trainer::Impl {
  Impl(Model& m, const ImageSet& set, const TrainOptions& o)
      : model(m),
        images(set),
        options(o),
        arena(o.threads),
        batch_gradient(m, {set, o.augmentation, o.seed}, arena),
        optimizer(m, o.sgd),
        ranges(parameter_ranges(m)),
        last_good(copy_weights(m)),
        steps_per_epoch(set.size() / o.batch + (set.size() % o.batch == 0 ? 0 : 1)),
        steps_planned(checked_mul(o.epochs, steps_per_epoch)) {}

  std::int64_t epoch() const { return epochs_done + 1; }
  double rate() const;
  void start();
  BatchLoss step(std::span<const std::int64_t> indices);
  void timed_step(Tally& tally);
  void update(double learning_rate);
  void update(const ParameterRange& range, double learning_rate) noexcept;
  void finish_epoch();
  [[noreturn]] void diverged(std::int64_t step, const char* what);

  Model& model;
  const ImageSet& images;
  const TrainOptions options;
  Arena arena;
  BatchGradient batch_gradient;
  SgdOptimizer optimizer;
  const std::vector<ParameterRange> ranges;
  std::vector<UpdateObserver*> observers;
  std::vector<Tensor> last_good;  // weights after the last completed epoch
  std::vector<std::int64_t> order;
  const std::int64_t steps_per_epoch;
  const std::int64_t steps_planned;  // of the whole run
  std::int64_t epochs_done = 0;
  std::int64_t epoch_steps = 0;  // done in this epoch
  std::int64_t steps_done = 0;
};

/// Past the planned end the last rate holds.
double Trainer::Impl::rate() const {
  return learning_rate_at(options.schedule, std::min(steps_done, steps_planned - 1), steps_planned,
                          steps_per_epoch);
}

void Trainer::Impl::start() {
  if (steps_done > 0) return;
  for (UpdateObserver* observer : observers) observer->on_start(model);
}

BatchLoss Trainer::Impl::step(std::span<const std::int64_t> indices) {
  const BatchLoss loss = batch_gradient.compute(
      {indices, static_cast<std::uint64_t>(epoch()), static_cast<std::uint64_t>(steps_done)});
  if (!std::isfinite(loss.sum)) diverged(epoch_steps + 1, "loss");
  update(rate());
  for (UpdateObserver* observer : observers) observer->on_step_end();
  ++steps_done;
  ++epoch_steps;
  return loss;
}

void Trainer::Impl::update(double learning_rate) {
  // Two tasks a thread even out what the cores do besides; below 8 Ki elements a task is not worth
  // handing over. The result does not depend on their number: every range stands by itself.
  constexpr std::int64_t kRangesPerTask = 8;
  const auto count = static_cast<std::int64_t>(ranges.size());
  const std::int64_t tasks =
      std::clamp<std::int64_t>(count / kRangesPerTask, 1, std::int64_t{2} * arena.threads());
  arena.for_each(tasks, [&](std::int64_t task) {
    for (std::int64_t i = task * count / tasks; i < (task + 1) * count / tasks; ++i)
      update(ranges[static_cast<std::size_t>(i)], learning_rate);
  });
}

void Trainer::Impl::update(const ParameterRange& range, double learning_rate) noexcept {
  alignas(kCacheLine) float gradient[kRangeElements];
  alignas(kCacheLine) float delta[kRangeElements];
  batch_gradient.sum(range, gradient);
  optimizer.update(range, gradient, learning_rate, delta);
  const auto count = static_cast<std::size_t>(range.count);
  for (UpdateObserver* observer : observers)
    observer->on_update(
        {range.parameter, range.offset, {gradient, count}, {delta, count}, learning_rate});
}

void Trainer::Impl::timed_step(Tally& tally) {
  const std::int64_t first = tally.steps * options.batch;
  const std::int64_t count = std::min(options.batch, images.size() - first);
  const auto begin = Clock::now();
  const BatchLoss loss = step(
      std::span(order).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)));
  tally.seconds += std::chrono::duration<double>(Clock::now() - begin).count();
  tally.images += count;
  tally.steps += 1;
  tally.loss.sum += loss.sum;
  tally.loss.correct += loss.correct;
}

void Trainer::Impl::finish_epoch() {
  // The loss was finite before the last update; the weights need not be after it.
  if (!all_finite(model)) diverged(epoch_steps, "updated weights");
  last_good = copy_weights(model);
  for (UpdateObserver* observer : observers) observer->on_epoch_end(model);
  ++epochs_done;
  epoch_steps = 0;
}

void Trainer::Impl::diverged(std::int64_t step, const char* what) {
  for (std::size_t i = 0; i < last_good.size(); ++i)
    std::ranges::copy(last_good[i].span(), model.parameters[i].value.data());
  throw Error(
      fmt::format("epoch {}, step {}: expected finite {}, got infinities or NaN; use a lower "
                  "learning rate than "
                  "{}",
                  epoch(), step, what, rate()));
}

Trainer::Trainer(Model& model, const ImageSet& images, const TrainOptions& options) {
  require_positive("epochs", options.epochs);
  require_positive("batch", options.batch);
  validate(options.schedule);
  validate(options.augmentation, images.extent);
  validate(model);
  check_images(model, images);
  impl_ = std::make_unique<Impl>(model, images, options);
}

Trainer::~Trainer() = default;

void Trainer::attach(UpdateObserver& observer) { impl_->observers.push_back(&observer); }

EpochReport Trainer::run_epoch(const StepCallback& on_step) {
  Impl& run = *impl_;
  run.start();
  order_epoch(run.images.labels, run.options.seed, static_cast<std::uint64_t>(run.epoch()),
              run.order);
  EpochReport report{.epoch = run.epoch()};
  Tally tally;
  bool stop = false;
  while (!stop && tally.steps < run.steps_per_epoch) {
    report.learning_rate = run.rate();
    run.timed_step(tally);
    stop = on_step && on_step({run.epoch(), tally.steps, run.steps_per_epoch, tally.mean_loss(),
                               tally.images_per_second()});
  }
  run.finish_epoch();
  report.loss = tally.mean_loss();
  report.accuracy = tally.accuracy();
  report.images_per_second = tally.images_per_second();
  return report;
}

double Trainer::step(std::span<const std::int64_t> indices) {
  if (indices.empty()) throw ArgumentError("step: expected at least one image, got none");
  for (const std::int64_t index : indices)
    if (index < 0 || index >= impl_->images.size())
      throw ArgumentError(fmt::format("step: expected image indices in [0, {}), got {}",
                                      impl_->images.size(), index));
  impl_->start();
  return impl_->step(indices).sum / static_cast<double>(indices.size());
}

}  // namespace karnin
