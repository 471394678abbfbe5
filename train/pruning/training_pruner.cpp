#include "train/pruning/training_pruner.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ranges>
#include <span>
#include <utility>

#include "runtime/core/checked.h"
#include "runtime/core/error.h"
#include "runtime/core/named_enum.h"
#include "train/loop/snapshot.h"
#include "train/loop/zero_pruned.h"
#include "train/pruning/regrowth.h"

namespace karnin {
namespace {

bool fit(std::span<const Tensor> tensors, const Model& model) {
  return std::ranges::equal(
      tensors, model.parameters,
      [](const Tensor& tensor, const Parameter& p) { return tensor.dims() == p.value.dims(); });
}

constexpr EnumNames<Growth, 3> kGrowthNames{
    {{Growth::none, "none"}, {Growth::gradient, "gradient"}, {Growth::feedback, "feedback"}}};

double pruned_share(const Model& model, const PruneOptions& options) {
  std::int64_t pruned = 0, all = 0;
  for (const std::vector<std::size_t>& group : pruning_groups(model, options))
    for (const std::size_t p : group) {
      pruned += std::ranges::count(model.parameters[p].mask, std::uint8_t{0});
      all += model.parameters[p].value.size();
    }
  return static_cast<double>(pruned) / static_cast<double>(all);
}

const TrainingPruning& checked(const TrainingPruning& options) {
  validate(options.schedule);
  const std::optional<double> sparsity = sparsity_of(options.choice);
  if (!sparsity || !(*sparsity >= 0 && *sparsity <= 1))
    throw ArgumentError(fmt::format("pruning while training: expected a sparsity in [0, 1], got {}",
                                    sparsity ? fmt::to_string(*sparsity) : "none"));
  if (needs_gradients(options.choice.method) || needs_inputs(options.choice.method))
    throw ArgumentError(fmt::format("pruning while training: '{}' is not recorded while training",
                                    to_string(options.choice.method)));
  if (!(options.growth_share >= 0 && options.growth_share <= 1))
    throw ArgumentError(fmt::format("share of weights that come back: expected 0 to 1, got {}",
                                    options.growth_share));
  if (options.rewind_to && (options.schedule.pace != PruningPace::rounds ||
                            options.growth != Growth::none || *options.rewind_to < 0))
    throw ArgumentError(
        "rewinding: expected rounds of pruning without regrowth and an epoch from 0 on");
  return options;
}

}  // namespace

std::string_view to_string(Growth growth) { return name_of(kGrowthNames, growth); }

Growth growth_from_string(std::string_view name) { return value_of(kGrowthNames, "growth", name); }

TrainingPruner::TrainingPruner(const Model& model, const Trainer& trainer,
                               const TrainingPruning& options, std::int64_t epochs)
    : model_(model),
      options_(checked(options)),
      schedule_(options.schedule, pruned_share(model, options.choice), *sparsity_of(options.choice),
                checked_mul(epochs, trainer.steps_per_epoch()), trainer.steps_per_epoch()),
      hidden_decay_(trainer.sgd().weight_decay / (1 - trainer.sgd().momentum)) {
  if (!options.rewind_to) return;
  early_step_ = checked_mul(*options.rewind_to, trainer.steps_per_epoch());
  if (early_step_ > schedule_.first_event())
    throw ArgumentError(
        fmt::format("rewinding: expected an epoch from 0 to {}, where pruning begins, got {}",
                    schedule_.first_event() / trainer.steps_per_epoch(), *options.rewind_to));
  if (!schedule_.is_settled(checked_mul(epochs, trainer.steps_per_epoch()) - 1))
    throw ArgumentError("rewinding: expected steps after the last pruning, got none");
}

void TrainingPruner::before_run(TrainedWeights& weights) {
  window_.on_start(model_);
  if (options_.growth == Growth::feedback && !schedule_.is_settled(0)) hidden_ = values_of(model_);
  keep_early(0);
  if (schedule_.sparsity(0) > sparsity()) act(0, weights);
}

bool TrainingPruner::records() const {
  return !needs_weights_alone(options_.choice.method) || options_.growth == Growth::gradient;
}

void TrainingPruner::on_update(const WeightUpdate& update) noexcept {
  if (records()) window_.on_update(update);
  if (!hidden_.empty()) move_hidden(update);
}

void TrainingPruner::move_hidden(const WeightUpdate& update) noexcept {
  const auto kept_share =
      static_cast<float>(std::max(0.0, 1 - update.learning_rate * hidden_decay_));
  const Mask& mask = model_.parameters[update.parameter].mask;
  const auto first = static_cast<std::size_t>(update.offset);
  const std::span<float> weights = hidden_[update.parameter].span();
  for (std::size_t i = 0; i < update.delta.size(); ++i) {
    float& weight = weights[first + i];
    if (!mask.empty() && mask[first + i] == 0) weight *= kept_share;
    weight += update.delta[i];
  }
}

bool TrainingPruner::wants_pruned_gradients() const {
  return options_.growth != Growth::none && !schedule_.is_settled(step_);
}

void TrainingPruner::after_update(const StepInfo& step, Model& model) {
  if (records()) window_.on_step_end(step);
  if (hidden_.empty()) return;
  for (Parameter& parameter : model.parameters) zero_pruned(parameter);
}

double TrainingPruner::sparsity() const { return pruned_share(model_, options_.choice); }

bool TrainingPruner::between_steps(const StepInfo& step, TrainedWeights& weights) {
  if (!aim_) return act(step.step, weights);
  prune_to(*std::exchange(aim_, std::nullopt), weights.model);
  window_.on_start(model_);
  weights.masks.note_change();
  return false;
}

/// After `step` steps of the run: prunes if it is time to. True if the weights that are left are
/// others than before.
bool TrainingPruner::act(std::int64_t step, TrainedWeights& weights) {
  step_ = step;
  keep_early(step);
  if (!schedule_.is_event(step)) return false;
  prune_now(step, weights);
  const bool went_back = !early_.empty() && step != early_step_;
  if (schedule_.is_settled(step)) {
    hidden_.clear();
    early_.clear();
  }
  return went_back;
}

void TrainingPruner::prune_now(std::int64_t step, TrainedWeights& weights) {
  Model& model = weights.model;
  const double sparsity = schedule_.sparsity(step);
  const bool grows = options_.growth == Growth::gradient && !window_is_empty();
  const double beyond = grows ? options_.growth_share * schedule_.freedom(step) : 0;
  if (!hidden_.empty()) show_hidden(model);
  prune_to(sparsity + beyond * (1 - sparsity), model);
  if (grows) grow_to(sparsity, model);
  if (!early_.empty()) {
    put_under_masks(early_, model);
    weights.optimizer.forget_velocity();
  }
  window_.on_start(model_);
  weights.masks.note_change();
}

/// By the window's sensitivities, and before the first step by those that the model came with.
void TrainingPruner::prune_to(double sparsity, Model& model) const {
  PruneOptions choice = options_.choice;
  choice.until = Sparsity{sparsity};
  std::vector<Sensitivity> of_window;
  const bool by_window = records() && !window_is_empty();
  if (by_window) of_window = window_.sensitivities(model);
  if (by_window) std::swap(model.sensitivities, of_window);
  prune(model, choice);
  if (by_window) std::swap(model.sensitivities, of_window);
}

void TrainingPruner::grow_to(double sparsity, Model& model) const {
  std::vector<std::vector<double>> gradients;
  for (std::size_t p = 0; p < model.parameters.size(); ++p)
    gradients.push_back(window_.gradient_sums(p));
  regrow(model, options_.choice, sparsity, gradients);
}

/// All weights of the chosen layers as they are out of sight, so that all can be chosen.
void TrainingPruner::show_hidden(Model& model) const {
  for (const std::size_t p : pruning_groups(model, options_.choice) | std::views::join) {
    std::ranges::copy(hidden_[p].span(), model.parameters[p].value.data());
    model.parameters[p].mask.clear();
  }
}

void TrainingPruner::keep_early(std::int64_t step) {
  if (step == early_step_ && !schedule_.is_settled(step)) early_ = values_of(model_);
}

TrainingPrunerState TrainingPruner::state() const {
  return {schedule_.first_sparsity(), window_.state(), hidden_, early_};
}

void TrainingPruner::restore(const TrainingPrunerState& state, std::int64_t step) {
  step_ = step;
  schedule_.start_from(state.first_sparsity);
  window_.restore(state.window);
  const bool knows_early = early_step_ >= 0 && step >= early_step_ && !schedule_.is_settled(step);
  if (knows_early ? !fit(state.early, model_) : !state.early.empty())
    throw ArgumentError("weights to go back to: expected one for each weight, once they are known");
  early_ = state.early;
  hidden_.clear();
  if (options_.growth != Growth::feedback || schedule_.is_settled(step)) return;
  if (!fit(state.hidden, model_))
    throw ArgumentError("pruned weights out of sight: expected one number for each weight");
  hidden_ = state.hidden;
}

}  // namespace karnin
