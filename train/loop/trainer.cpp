#include "train/loop/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cmath>
#include <numbers>
#include <optional>

#include "runtime/core/checked.h"
#include "runtime/core/error.h"
#include "runtime/core/finite.h"
#include "runtime/core/parallel.h"
#include "train/loop/batch_gradient.h"
#include "train/loop/data_order.h"
#include "train/loop/snapshot.h"

namespace karnin {
namespace {

using Clock = std::chrono::steady_clock;

void require_positive(const char* what, std::int64_t value) {
  if (value < 1) throw ArgumentError(fmt::format("{}: expected 1 or more, got {}", what, value));
}

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

double mean_loss(const EpochSums& sums) { return sums.loss / static_cast<double>(sums.images); }

double accuracy(const EpochSums& sums) {
  return static_cast<double>(sums.correct) / static_cast<double>(sums.images);
}

/// What was trained since the run started or was resumed; no part of any result.
struct Speed {
  std::int64_t images = 0;
  double seconds = 0;

  double images_per_second() const {
    return images == 0 ? 0 : static_cast<double>(images) / seconds;
  }
};

/// Gradients of images that are not learnt from.
struct OtherImages {
  OtherImages(const Model& model, const ImageSet& set, const TrainOptions& options, Arena& arena)
      : images(set),
        gradient(model, {set, {}, options.seed}, {options.loss, options.teacher.get()}, arena) {}

  /// False if the loss is not finite.
  bool compute(std::int64_t count, std::uint64_t seed, std::uint64_t step) {
    indices.resize(static_cast<std::size_t>(count));
    draw_batch(images.size(), seed, step, indices);
    return std::isfinite(gradient.compute({indices, 0, step}).sum);
  }

  const ImageSet& images;
  BatchGradient gradient;
  std::vector<std::int64_t> indices;
};

}  // namespace

struct Trainer::Impl {
  Impl(Model& m, const ImageSet& set, const TrainOptions& o)
      : model(m),
        images(set),
        options(o),
        arena(o.threads),
        masks(m),
        batch_gradient(m, {set, o.augmentation, o.seed}, {o.loss, o.teacher.get()}, arena),
        optimizer(m, masks, o.sgd),
        ranges(parameter_ranges(m)),
        last_good(snapshot_of(m)),
        steps_per_epoch(set.size() / o.batch + (set.size() % o.batch == 0 ? 0 : 1)),
        steps_planned(checked_mul(o.epochs, steps_per_epoch)) {}

  std::int64_t epoch() const { return epochs_done + 1; }
  double planned_rate(std::int64_t step) const;
  double rate_of(std::int64_t step) const;
  StepInfo step_info(std::int64_t step) const;
  void start();
  void start_observers();
  void ask_policy();
  BatchLoss step(std::span<const std::int64_t> indices);
  void heed_masks();
  void next_step();
  void update(double learning_rate);
  void update(const ParameterRange& range, double learning_rate) noexcept;
  void observed_gradient(const ParameterRange& range, float* dst) const noexcept;
  void finish_epoch();
  void require_finite_weights() const;
  [[noreturn]] void diverged(std::int64_t step, const std::string& where) const;
  bool can_be_at(const TrainerState& state) const;
  StepReport step_report() const;

  Model& model;
  const ImageSet& images;
  const TrainOptions options;
  Arena arena;
  MaskSet masks;
  BatchGradient batch_gradient;
  std::optional<OtherImages> others;  // whose gradients the observers see; none: the batch's
  SgdOptimizer optimizer;
  const std::vector<ParameterRange> ranges;
  TrainedWeights weights{model, masks, optimizer};
  WeightPolicy* policy = nullptr;
  std::vector<UpdateObserver*> observers;
  Snapshot last_good;  // after the last completed epoch
  std::vector<std::int64_t> order;
  const std::int64_t steps_per_epoch;
  const std::int64_t steps_planned;  // of the whole run
  std::int64_t epochs_done = 0;
  std::int64_t steps_done = 0;
  std::int64_t epoch_start = 0;  // steps done before this epoch
  std::int64_t cooldown_begin = 0;
  std::int64_t cooldown_steps = 0;  // 0: none
  bool skips_pruned = false;        // whose gradients nobody wants
  EpochSums sums;                   // of this epoch, as is the speed
  Speed speed;
};

/// Past the planned end the last rate holds.
double Trainer::Impl::planned_rate(std::int64_t step) const {
  return learning_rate_at(options.schedule, std::min(step, steps_planned - 1), steps_planned,
                          steps_per_epoch);
}

/// Sampled in the middle of a step, as schedule.h does.
double Trainer::Impl::rate_of(std::int64_t step) const {
  if (cooldown_steps == 0 || step < cooldown_begin) return planned_rate(step);
  const double x =
      (static_cast<double>(step - cooldown_begin) + 0.5) / static_cast<double>(cooldown_steps);
  return planned_rate(cooldown_begin) * 0.5 * (1 + std::cos(std::numbers::pi * std::min(x, 1.0)));
}

void Trainer::Impl::start() {
  if (steps_done > 0) return;
  start_observers();
  if (policy != nullptr) policy->before_run(weights);
}

void Trainer::Impl::start_observers() {
  for (UpdateObserver* observer : observers) observer->on_start(model);
}

/// Of the run's `step`-th step, from 1; in the epoch that goes on.
StepInfo Trainer::Impl::step_info(std::int64_t step) const {
  return {epoch(), step, rate_of(std::max<std::int64_t>(step - 1, 0))};
}

void Trainer::Impl::ask_policy() {
  if (policy != nullptr && policy->between_steps(step_info(steps_done), weights)) start_observers();
}

/// Before a step: what is computed depends on the masks and on who watches, never on when they
/// came.
void Trainer::Impl::heed_masks() {
  const auto wants = [](const UpdateObserver* observer) {
    return observer->wants_pruned_gradients();
  };
  if (policy != nullptr) masks.hold(policy->holds_masks());
  skips_pruned = masks.are_held() && (policy == nullptr || !policy->wants_pruned_gradients()) &&
                 std::ranges::none_of(observers, wants);
  batch_gradient.skip(skips_pruned ? &masks : nullptr);
  if (others) others->gradient.skip(skips_pruned ? &masks : nullptr);
  optimizer.heed_masks();
}

BatchLoss Trainer::Impl::step(std::span<const std::int64_t> indices) {
  heed_masks();
  const Batch batch{indices, static_cast<std::uint64_t>(epoch()),
                    static_cast<std::uint64_t>(steps_done)};
  const BatchLoss loss = batch_gradient.compute(batch);
  if (!std::isfinite(loss.sum)) diverged(steps_done + 1, batch_gradient.first_non_finite(batch));
  if (others &&
      !others->compute(std::ssize(indices), options.seed, static_cast<std::uint64_t>(steps_done)))
    diverged(steps_done + 1, "the loss of the images held out");
  const StepInfo info = step_info(++steps_done);
  update(info.learning_rate);
  if (policy != nullptr) policy->after_update(info, model);
  for (UpdateObserver* observer : observers) observer->on_step_end(info);
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
  if (skips_pruned) optimizer.drop_pruned(range, gradient);
  optimizer.update(range, gradient, learning_rate, delta);
  if (others) observed_gradient(range, gradient);
  const auto count = static_cast<std::size_t>(range.count);
  const WeightUpdate update{
      range.parameter, range.offset, {gradient, count}, {delta, count}, learning_rate};
  for (UpdateObserver* observer : observers) observer->on_update(update);
  if (policy != nullptr) policy->on_update(update);
}

void Trainer::Impl::observed_gradient(const ParameterRange& range, float* dst) const noexcept {
  others->gradient.sum(range, dst);
  if (skips_pruned) optimizer.drop_pruned(range, dst);
}

void Trainer::Impl::next_step() {
  const std::int64_t first = sums.steps * options.batch;
  const std::int64_t count = std::min(options.batch, images.size() - first);
  const auto begin = Clock::now();
  const BatchLoss loss = step(
      std::span(order).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)));
  speed.seconds += std::chrono::duration<double>(Clock::now() - begin).count();
  speed.images += count;
  sums.images += count;
  sums.steps += 1;
  sums.loss += loss.sum;
  sums.correct += loss.correct;
  ask_policy();
}

void Trainer::Impl::finish_epoch() {
  require_finite_weights();
  last_good.take(model);
  for (UpdateObserver* observer : observers) observer->on_epoch_end(model);
  ++epochs_done;
  epoch_start = steps_done;
  sums = {};
  speed = {};
}

bool Trainer::Impl::can_be_at(const TrainerState& state) const {
  const EpochSums& so_far = state.epoch;
  return state.epochs_done >= 0 && state.epochs_done < options.epochs && so_far.steps >= 0 &&
         so_far.steps <= steps_per_epoch &&
         so_far.images == std::min(so_far.steps * options.batch, images.size()) &&
         so_far.correct >= 0 && so_far.correct <= so_far.images && std::isfinite(so_far.loss) &&
         state.cooldown_begin >= 0 && state.cooldown_begin <= state.steps_done &&
         state.cooldown_steps >= 0 &&
         state.steps_done == state.epochs_done * steps_per_epoch + so_far.steps;
}

StepReport Trainer::Impl::step_report() const {
  return {epoch(),         sums.steps,     steps_per_epoch,
          mean_loss(sums), accuracy(sums), speed.images_per_second()};
}

/// After an update: the gradients may have overflowed although the loss did not.
void Trainer::Impl::require_finite_weights() const {
  const auto bad = std::ranges::find_if_not(
      model.parameters, [](const Parameter& p) { return are_finite(p.value.span()); });
  if (bad != model.parameters.end()) diverged(steps_done, bad->name + ", after the update");
}

/// In the `step`-th step of the run, from 1.
void Trainer::Impl::diverged(std::int64_t step, const std::string& where) const {
  last_good.put_back(model);
  throw DivergedError(fmt::format(
      "epoch {}, step {}: the training diverged, expected finite numbers, got the first infinity "
      "or NaN in {}; use a lower learning rate than {}",
      epoch(), step - epoch_start, where, rate_of(step - 1)));
}

Trainer::Trainer(Model& model, const ImageSet& images, const TrainOptions& options) {
  require_positive("epochs", options.epochs);
  require_positive("batch", options.batch);
  validate(options.schedule);
  validate(options.augmentation, images.extent);
  validate(options.loss);
  validate(model);
  check_teacher(model, options);
  check_images(model, images);
  impl_ = std::make_unique<Impl>(model, images, options);
}

Trainer::~Trainer() = default;

void Trainer::attach(UpdateObserver& observer) { impl_->observers.push_back(&observer); }

void Trainer::follow(WeightPolicy& policy) {
  assert(impl_->policy == nullptr);
  impl_->policy = &policy;
}

void Trainer::observe_on(const ImageSet& held_out) {
  check_images(impl_->model, held_out);
  impl_->others.emplace(impl_->model, held_out, impl_->options, impl_->arena);
}

EpochReport Trainer::run_epoch(const StepCallback& on_step) {
  Impl& run = *impl_;
  run.start();
  order_epoch(run.images.labels, run.options.seed, static_cast<std::uint64_t>(run.epoch()),
              run.order);
  bool stop = false;
  while (!stop && run.sums.steps < run.steps_per_epoch) {
    run.next_step();
    stop = on_step && on_step(run.step_report());
  }
  const EpochReport report{run.epoch(), mean_loss(run.sums), accuracy(run.sums),
                           run.speed.images_per_second(), run.rate_of(run.steps_done - 1)};
  run.finish_epoch();
  return report;
}

double Trainer::step(std::span<const std::int64_t> indices) {
  if (indices.empty()) throw ArgumentError("step: expected at least one image, got none");
  for (const std::int64_t index : indices)
    if (index < 0 || index >= impl_->images.size())
      throw ArgumentError(fmt::format("step: expected image indices in [0, {}), got {}",
                                      impl_->images.size(), index));
  impl_->start();
  const BatchLoss loss = impl_->step(indices);
  impl_->ask_policy();
  return loss.sum / static_cast<double>(indices.size());
}

std::int64_t Trainer::steps_per_epoch() const { return impl_->steps_per_epoch; }

const SgdOptions& Trainer::sgd() const { return impl_->options.sgd; }

void Trainer::ask_policy() { impl_->ask_policy(); }

void Trainer::go_on_from(const Snapshot& weights) {
  weights.put_back(impl_->model);
  impl_->masks.note_change();
  impl_->optimizer.forget_velocity();
  impl_->start_observers();
}

void Trainer::cool_down(std::int64_t epochs) {
  require_positive("epochs of cooldown", epochs);
  impl_->cooldown_begin = impl_->steps_done;
  impl_->cooldown_steps = checked_mul(epochs, impl_->steps_per_epoch);
}

TrainerState Trainer::state() const {
  const Impl& run = *impl_;
  run.require_finite_weights();
  return {run.epochs_done,    run.steps_done,     run.sums,
          run.cooldown_begin, run.cooldown_steps, run.optimizer.velocity()};
}

void Trainer::restore(const TrainerState& state) {
  Impl& run = *impl_;
  if (!run.can_be_at(state))
    throw ArgumentError(
        fmt::format("state of the trainer: {} epochs, {} steps in all and {} of the epoch are not "
                    "of a run of {} epochs with {} steps each",
                    state.epochs_done, state.steps_done, state.epoch.steps, run.options.epochs,
                    run.steps_per_epoch));
  run.optimizer.restore(state.velocity);
  run.epochs_done = state.epochs_done;
  run.steps_done = state.steps_done;
  run.epoch_start = state.steps_done - state.epoch.steps;
  run.sums = state.epoch;
  run.cooldown_begin = state.cooldown_begin;
  run.cooldown_steps = state.cooldown_steps;
}

}  // namespace karnin
