#include "train/loop/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "runtime/core/checked.h"
#include "runtime/core/error.h"
#include "runtime/core/finite.h"
#include "train/loop/check_images.h"
#include "train/loop/data_order.h"
#include "train/loop/ghost_batch.h"
#include "train/loop/rate_plan.h"
#include "train/loop/training_step.h"

namespace karnin {
namespace {

using Clock = std::chrono::steady_clock;

/// What was trained since the run started or was resumed; no part of any result.
struct Speed {
  std::int64_t images = 0;
  double seconds = 0;

  double images_per_second() const {
    return images == 0 ? 0 : static_cast<double>(images) / seconds;
  }
};

}  // namespace

struct Trainer::Impl {
  Impl(Model& m, const ImageSet& set, const TrainOptions& o)
      : model(m),
        images(set),
        options(o),
        training_step(m, set, o),
        last_good(snapshot_of(m)),
        steps_per_epoch(RunLength{o.epochs, set.size(), o.batch}.steps_per_epoch()),
        rates(o.schedule, checked_mul(o.epochs, steps_per_epoch), steps_per_epoch) {}

  std::int64_t epoch() const { return epochs_done + 1; }
  StepInfo step_info(std::int64_t step) const;
  void start();
  void ask_policy() { audience.ask(step_info(steps_done), training_step.weights()); }
  BatchLoss step(std::span<const std::int64_t> indices);
  void next_step();
  void finish_epoch();
  void require_finite_weights();
  [[noreturn]] void diverged(std::int64_t step, const std::string& where);
  StepReport step_report() const;
  void put_back(const Snapshot& weights);

  Model& model;
  const ImageSet& images;
  const TrainOptions options;
  TrainingStep training_step;
  Audience audience;
  Snapshot last_good;  // after the last completed epoch
  std::vector<std::int64_t> order;
  const std::int64_t steps_per_epoch;
  RatePlan rates;
  std::int64_t epochs_done = 0;
  std::int64_t steps_done = 0;
  std::int64_t epoch_start = 0;  // steps done before this epoch
  EpochSums sums;                // of this epoch, as is the speed
  Speed speed;
};

/// Of the run's `step`-th step, from 1; in the epoch that goes on.
StepInfo Trainer::Impl::step_info(std::int64_t step) const {
  return {epoch(), step, rates.at(std::max<std::int64_t>(step - 1, 0))};
}

void Trainer::Impl::start() {
  if (steps_done == 0) audience.start(training_step.weights());
}

BatchLoss Trainer::Impl::step(std::span<const std::int64_t> indices) {
  const Batch batch{indices, static_cast<std::uint64_t>(epoch()),
                    static_cast<std::uint64_t>(steps_done)};
  const auto [loss, not_finite] = training_step.compute(batch, audience);
  if (!not_finite.empty()) diverged(steps_done + 1, not_finite);
  const StepInfo info = step_info(++steps_done);
  training_step.update(info.learning_rate, audience);
  audience.end_step(info, model);
  return loss;
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
  audience.end_epoch(model);
  ++epochs_done;
  epoch_start = steps_done;
  sums = {};
  speed = {};
}

StepReport Trainer::Impl::step_report() const {
  return {epoch(),          sums.steps,      steps_per_epoch,
          sums.mean_loss(), sums.accuracy(), speed.images_per_second()};
}

/// After an update: the gradients may have overflowed although the loss did not.
void Trainer::Impl::require_finite_weights() {
  const auto bad = std::ranges::find_if_not(
      model.parameters, [](const Parameter& p) { return are_finite(p.value.span()); });
  if (bad != model.parameters.end()) diverged(steps_done, bad->name + ", after the update");
}

void Trainer::Impl::put_back(const Snapshot& weights) {
  weights.put_back(model);
  training_step.weights().masks.note_change();
}

/// In the `step`-th step of the run, from 1.
void Trainer::Impl::diverged(std::int64_t step, const std::string& where) {
  put_back(last_good);
  throw DivergedError(fmt::format(
      "epoch {}, step {}: the training diverged, expected finite numbers, got the first infinity "
      "or NaN in {}; use a lower learning rate than {}",
      epoch(), step - epoch_start, where, rates.at(step - 1)));
}

Trainer::Trainer(Model& model, const ImageSet& images, const TrainOptions& options) {
  validate(options, model, images);
  impl_ = std::make_unique<Impl>(model, images, options);
}

Trainer::~Trainer() = default;

void Trainer::attach(UpdateObserver& observer) { impl_->audience.attach(observer); }

void Trainer::follow(WeightPolicy& policy) { impl_->audience.follow(policy); }

void Trainer::observe_on(const ImageSet& held_out) {
  check_images(impl_->model, held_out);
  impl_->training_step.observe_on(held_out);
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
  const EpochReport report{run.epoch(), run.sums.mean_loss(), run.sums.accuracy(),
                           run.speed.images_per_second(), run.rates.at(run.steps_done - 1)};
  run.finish_epoch();
  return report;
}

double Trainer::step(std::span<const std::int64_t> indices) {
  if (indices.empty()) throw ArgumentError("step: expected at least one image, got none");
  for (const std::int64_t index : indices)
    if (index < 0 || index >= impl_->images.size())
      throw ArgumentError(fmt::format("step: expected image indices in [0, {}), got {}",
                                      impl_->images.size(), index));
  if (!impl_->options.freeze_batch_norm)
    require_variances(impl_->model.graph, static_cast<std::int64_t>(indices.size()));
  impl_->start();
  const BatchLoss loss = impl_->step(indices);
  impl_->ask_policy();
  return loss.sum / static_cast<double>(indices.size());
}

std::int64_t Trainer::steps_per_epoch() const { return impl_->steps_per_epoch; }

const SgdOptions& Trainer::sgd() const { return impl_->options.sgd; }

void Trainer::ask_policy() { impl_->ask_policy(); }

void Trainer::go_on_from(const Snapshot& weights) {
  impl_->put_back(weights);
  impl_->training_step.weights().optimizer.forget_velocity();
  impl_->audience.start_anew(impl_->model);
}

void Trainer::cool_down(std::int64_t epochs) {
  require_positive("epochs of cooldown", epochs);
  impl_->rates.cool_down({impl_->steps_done, checked_mul(epochs, impl_->steps_per_epoch)});
}

TrainerState Trainer::state() const {
  Impl& run = *impl_;
  run.require_finite_weights();
  const auto& [begin, steps] = run.rates.cooldown();
  return {run.epochs_done, run.steps_done, run.sums,
          begin,           steps,          run.training_step.optimizer().velocity()};
}

void Trainer::restore(const TrainerState& state) {
  Impl& run = *impl_;
  require_state_of({run.options.epochs, run.images.size(), run.options.batch}, state);
  run.training_step.weights().optimizer.restore(state.velocity);
  run.epochs_done = state.epochs_done;
  run.steps_done = state.steps_done;
  run.epoch_start = state.steps_done - state.epoch.steps;
  run.sums = state.epoch;
  run.rates.cool_down({state.cooldown_begin, state.cooldown_steps});
}

}  // namespace karnin
