#include "train/session/training_run.h"

#include <fmt/core.h>

#include <utility>

#include "formats/model/model_file.h"
#include "formats/model/provenance.h"
#include "formats/report/quantity.h"
#include "runtime/core/error.h"
#include "train/loop/validation_split.h"
#include "train/masks/pruning_note.h"
#include "train/session/dataset_title.h"
#include "train/session/default_pruning.h"
#include "train/session/evaluation.h"
#include "train/session/identity.h"
#include "train/session/run_record.h"

namespace karnin {
namespace {

using Json = nlohmann::ordered_json;

void require_lasting_teacher(const RunOptions& options) {
  std::error_code error;
  for (const char* name : kProducts)
    if (std::filesystem::equivalent(options.teacher, options.out / name, error))
      throw ArgumentError("--teacher " + options.teacher +
                          ": expected a file that this run does not replace");
}

Results results_of(const RunOptions& options, bool resumed) {
  Results results{{}, options.checkpoint_file(), resumed};
  for (const char* name : {"model.bin", "pruned.bin", "train.csv", kArgumentsFile})
    results.files.push_back(options.out / name);
  return results;
}

bool needs_held_out(const RunOptions& options) {
  const WatchOptions& watch = options.watch;
  return watch.validation != 0 || watch.early_stop != 0 || watch.held_out_gradients ||
         options.rules.search;
}

}  // namespace

void require_free_directory(const RunOptions& options) {
  require_lasting_teacher(options);
  // Whether what is there is this run's own shows only afterwards.
  std::error_code error;
  const bool has_state = std::filesystem::exists(options.checkpoint_file(), error) ||
                         std::filesystem::exists(options.out / kArgumentsFile, error);
  require_replaceable_directory(options, results_of(options, options.watch.resume && has_state));
}

TrainingRun::TrainingRun(RunOptions options, FoundRun found, TrainingStart from, Dataset dataset,
                         Watcher watcher)
    : options_(std::move(options)),
      dataset_(std::move(dataset)),
      watcher_(std::move(watcher)),
      files_(watcher_) {
  if (needs_held_out(options_))
    held_out_ = hold_out(dataset_.train, options_.watch.validation, options_.train.seed);
  identity_ = identity_of(options_, from, dataset_);
  result_.model = std::move(from.model);
  if (found.over)
    take_finished(std::move(*found.over));
  else
    prepare(found.checkpoint);
}

/// What a finished run has left, if that was this very one.
void TrainingRun::take_finished(FinishedRun over) {
  require_same_run(over.identity, identity_, watcher_);
  watcher_.tell(fmt::format("the run in {} is over: nothing is left to do", options_.out.string()));
  result_.model = std::move(over.model);
  result_.pruned = std::move(over.pruned);
  result_.log = std::move(over.log);
  result_.best_epoch = over.best_epoch;
}

void TrainingRun::prepare(const std::optional<Checkpoint>& checkpoint) {
  if (checkpoint) {
    require_same_run(checkpoint->run, identity_, watcher_);
    result_.model = checkpoint->model;
  }
  session_.emplace(Task{result_.model, dataset_.train, held_out_}, options_.train, options_.rules,
                   options_.watch, options_.checkpoint_file(), identity_, files_, watcher_);
  files_ = take_directory(options_, results_of(options_, checkpoint.has_value()), watcher_);
  tell_start(checkpoint.has_value());
  if (checkpoint) session_->resume(*checkpoint);
}

/// Says what becomes of a checkpoint that is there, or of one that is not.
void TrainingRun::tell_start(bool resumed) const {
  watcher_.tell(fmt::format("training {} on {}: {} images", result_.model.graph.name,
                            title(dataset_), count(dataset_.train.size())));
  if (!resumed) tell_excess();
  const std::string file = options_.checkpoint_file().string();
  std::error_code error;
  if (options_.watch.resume && !resumed)
    watcher_.tell(fmt::format("there is no {}: starting at the beginning", file));
  if (!options_.watch.resume && std::filesystem::exists(file, error))
    watcher_.tell(fmt::format("{} is of a run that was interrupted: this one replaces it", file));
}

/// Says where the model that the run starts from has fewer weights than it asks for.
void TrainingRun::tell_excess() const {
  const auto& [pruning, search, average] = options_.rules;
  if (!pruning || search) return;
  PruneOptions choice = pruning->choice;
  // Weights that come back do so in any layer, unless all layers together have too few already.
  if (pruning->growth != Growth::none) choice.scope = Scope::global;
  tell_pruned_beyond(result_.model, choice, watcher_);
}

void TrainingRun::complete() {
  if (is_over()) return test();
  train();
  note();
  if (!result_.interrupted) test();
  save();
  if (!result_.interrupted) session_->remove_checkpoint();
}

void TrainingRun::train() {
  result_.interrupted = session_->run();
  result_.log = session_->log();
  result_.best_epoch = session_->best_epoch();
}

/// In the model that was trained, and in the one that is pruned for who asked for no pruning.
void TrainingRun::note() {
  Json entry = history_entry(options_, dataset_);
  if (result_.best_epoch != 0) entry["best_epoch"] = result_.best_epoch;
  if (result_.interrupted) entry["interrupted_in_epoch"] = result_.log.size();
  append_provenance(result_.model, std::move(entry));
  result_.pruned = result_.model;
  if (!options_.rules.pruning) prune_and_note(result_.pruned, default_pruning(result_.model.graph));
  result_.pruned.sensitivities.clear();
}

/// Before anything is written: weights that overflow only here are those of a run that diverged in
/// its last steps.
void TrainingRun::test() try {
  if (dataset_.test.size() == 0) return;
  const int threads = options_.train.threads;
  result_.accuracy = classify(result_.model, dataset_.test, threads).accuracy();
  result_.pruned_accuracy = classify(result_.pruned, dataset_.test, threads).accuracy();
} catch (const NonFiniteError& error) {
  throw DivergedError(
      fmt::format("on the test images: the training diverged: {}; use a lower "
                  "learning rate than {}",
                  error.what(), options_.train.schedule.learning_rate));
}

void TrainingRun::save() {
  files_.write(options_.out / "model.bin", encode_model(result_.model));
  files_.write(options_.out / "pruned.bin", encode_model(result_.pruned));
  files_.write(options_.out / "train.csv", to_csv(result_.log));
  Json json = arguments(options_, dataset_);
  json["finished"] = !result_.interrupted;
  json["run"] = identity_;
  files_.write(options_.out / kArgumentsFile,
               json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace karnin
