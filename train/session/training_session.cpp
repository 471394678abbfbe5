#include "train/session/training_session.h"

#include <fmt/core.h>

#include <algorithm>

#include "train/session/evaluation.h"

namespace karnin {

TrainingSession::TrainingSession(const Task& task, const TrainOptions& options,
                                 const WeightRules& rules, const WatchOptions& watch,
                                 const std::filesystem::path& checkpoint,
                                 const nlohmann::ordered_json& identity, OutputFiles& files,
                                 const Watcher& watcher)
    : task_(task),
      options_(options),
      watch_(watch),
      watcher_(watcher),
      trainer_(task.model, task.images, options),
      early_stop_(std::max<std::int64_t>(watch.early_stop, 1)),
      checkpointing_(checkpoint, files, identity, task.model,
                     {trainer_, recorder_, pruner_, search_, average_, early_stop_, log_}),
      curves_(watch.tensorboard, watcher) {
  trainer_.attach(recorder_);
  if (watch.held_out_gradients && task.held_out) trainer_.observe_on(*task.held_out);
  if (rules.pruning)
    trainer_.follow(pruner_.emplace(task.model, trainer_, *rules.pruning, options.epochs));
  if (rules.search) search_.emplace(*rules.search);
  if (rules.average != 0) trainer_.attach(average_.emplace(task.model, rules.average));
}

bool TrainingSession::run() {
  const TrainingHooks hooks{[&](const StepReport& step, bool last) { on_step(step, last); },
                            [&](EpochRecord& epoch) { return on_epoch(epoch); }};
  bool interrupted = false;
  try {
    interrupted = run_training(trainer_, options_.epochs, watcher_, log_, hooks);
  } catch (const DivergedError& error) {
    fail(error);
  } catch (const NonFiniteError& error) {  // of the images held out, before the loss was
    fail(error);
  }
  if (average_) average_->apply(task_.model);
  if (search_) search_->bring_back(task_.model);
  task_.model.sensitivities = recorder_.sensitivities(task_.model);
  apply(early_stop_.best(), task_.model);
  return interrupted;
}

void TrainingSession::on_step(const StepReport& step, bool last) {
  // The test that follows the last step may still be interrupted, or fail.
  const bool ends = step.epoch == options_.epochs && step.step == step.steps;
  if (last || ends || watch_.checkpoint_every.due(step)) checkpointing_.save();
  curves_.add(step);
}

/// True if there is no use in another epoch.
bool TrainingSession::on_epoch(EpochRecord& epoch) {
  bool stop = false;
  if (pruner_) epoch.sparsity = pruner_->sparsity();
  if (task_.held_out) {
    Model model = averaged();
    epoch.validation_accuracy = classify(model, *task_.held_out, options_.threads).accuracy();
    if (search_) stop = search_on(*epoch.validation_accuracy, model);
    if (watch_.early_stop != 0 && (!pruner_ || pruner_->is_settled())) {
      model.sensitivities = recorder_.sensitivities(model);
      stop = early_stop_.note(epoch.epoch, *epoch.validation_accuracy, model);
    }
  }
  curves_.add(epoch, trainer_.steps_per_epoch());
  return stop;
}

/// After an epoch; true if there is no use in another one.
bool TrainingSession::search_on(double accuracy, const Model& averaged) {
  using Next = PruningSearch::Action;
  const double sparsity = pruner_->sparsity();
  const Next next = search_->note(accuracy, sparsity);
  // While the rate declines every epoch may be the last one that the run has.
  if (next == Next::prune || (search_->is_cooling() && search_->is_better(accuracy)))
    search_->keep(averaged, accuracy, sparsity);
  if (next == Next::roll_back || next == Next::cool_down)
    trainer_.go_on_from(search_->state().kept);
  if (next == Next::prune || next == Next::roll_back) {
    pruner_->aim_at(search_->target());
    trainer_.ask_policy();
  }
  if (next == Next::cool_down) trainer_.cool_down(search_->cooldown());
  return next == Next::stop;
}

/// The model that the run would leave if it ended here.
Model TrainingSession::averaged() const {
  Model model = task_.model;
  if (average_) average_->apply(model);
  return model;
}

void TrainingSession::fail(const Error& error) const {
  std::string advice = "; there was no checkpoint yet";
  if (checkpointing_.saved())
    advice = fmt::format("; the last good weights are in {}, to go on from with --model",
                         checkpointing_.file().string());
  throw Error(error.what() + advice);
}

}  // namespace karnin
