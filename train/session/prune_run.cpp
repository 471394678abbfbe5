#include "train/session/prune_run.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "formats/exchange/any_model.h"
#include "formats/io/file_status.h"
#include "formats/model/model_file.h"
#include "formats/model/provenance.h"
#include "formats/report/quantity.h"
#include "runtime/core/error.h"
#include "train/loop/validation_split.h"
#include "train/masks/pruning_note.h"
#include "train/pruning/gradient_scores.h"
#include "train/session/accuracy_drop.h"
#include "train/session/dataset_title.h"
#include "train/session/default_pruning.h"
#include "train/session/epochs.h"
#include "train/session/evaluation.h"
#include "train/session/options_json.h"

namespace karnin {
namespace {

using Json = nlohmann::ordered_json;

/// Sensitivities take a training to get back.
void require_no_loss(const PruneRunOptions& options, const Model& model) {
  std::error_code error;
  if (model.sensitivities.empty() || options.keep_sensitivities ||
      !std::filesystem::equivalent(options.model, options.out, error))
    return;
  throw ArgumentError(
      "--out is --model, which would lose its sensitivities: expected another "
      "--out, or --keep-sensitivities");
}

ShrinkReport shrink_and_note(Model& model) {
  const ShrinkReport report = shrink(model);
  Json layers = Json::object();
  for (const ShrinkReport::LayerCount& layer : report.layers)
    if (layer.constant + layer.unused > 0) layers[layer.layer] = layer.constant + layer.unused;
  append_provenance(model, {{"verb", "shrink"}, {"removed_units", std::move(layers)}});
  return report;
}

}  // namespace

PruneRun::PruneRun(PruneRunOptions options, Watcher watcher)
    : options_(std::move(options)),
      watcher_(std::move(watcher)),
      model_(read_any_model(options_.model)),
      files_(watcher_) {
  require_no_loss(options_, model_);
  files_ = take_file(options_, watcher_);
  result_.model = options_.model;
  result_.bytes_before = file_bytes(options_.model);
}

void PruneRun::prune(const PruneOptions& pruning, std::optional<Dataset> dataset,
                     const std::optional<CalibrationSource>& calibration, bool searches) {
  dataset_ = std::move(dataset);
  if (needs_gradients(pruning.method))
    add_gradient_scores(model_, dataset_->train, {options_.score_images, pruning.seed});
  tell_pruned_beyond(model_, pruning, watcher_);
  if (calibration) return prune_by(pruning, *calibration, searches);
  result_.report = prune_and_note(model_, pruning);
}

void PruneRun::prune_by(const PruneOptions& pruning, const CalibrationSource& source,
                        bool searches) {
  ImageSet all = source.images ? *source.images : dataset_->train;
  std::optional<ImageSet> judges;
  if (options_.values.max_accuracy_drop) {  // by which nothing is fitted, nor for the values' sake
    ImageSet train = dataset_->train;
    judges = hold_out(train, kHeldBackShare, pruning.seed);
    if (!source.images) all = std::move(train);
  }
  const ImageSet images = draw_images(all, source.count, pruning.seed);
  CalibratedPruning calibrated(model_, images, pruning, options_.threads, watcher_);
  if (searches) {
    result_.found = calibrated.search(*judges, *options_.values.max_accuracy_drop);
    result_.interrupted = result_.found->interrupted;
  }
  result_.report = calibrated.prune(source.data);
  result_.calibration_images = images.size();
}

void PruneRun::finish(const TrainOptions& tuning) {
  if (tuning.epochs > 0) fine_tune(tuning);
  if (options_.shrink) result_.shrunk = shrink_and_note(model_);
  choose_values(tuning);
  if (!options_.keep_sensitivities) model_.sensitivities.clear();
  files_.write(options_.out, encode_model(model_));
  result_.out = files_.place_of(options_.out);
  result_.bytes_after = file_bytes(result_.out);
}

void PruneRun::fine_tune(const TrainOptions& options) {
  watcher_.tell(
      fmt::format("fine-tuning on {}: {} images", title(*dataset_), count(dataset_->train.size())));
  Trainer trainer(model_, dataset_->train, options);
  TrainingLog log;
  const bool interrupted = run_training(trainer, options.epochs, watcher_, log);
  result_.interrupted = result_.interrupted || interrupted;
  Json entry{{"verb", "fine-tune"}, {"data", dataset_->name}, {"note", dataset_->note}};
  entry.update(to_json(options));
  if (interrupted) entry["interrupted_in_epoch"] = log.size();
  append_provenance(model_, std::move(entry));
}

/// An interruption before it leaves out what takes long: no codebook is trained, no search for
/// values is begun.
void PruneRun::choose_values(const TrainOptions& tuning) {
  ValueOptions values = options_.values;
  // What the weights' removal has lost isn't there to be lost again.
  if (result_.found)
    values.max_accuracy_drop =
        std::max(0.0, *values.max_accuracy_drop -
                          100 * (result_.found->accuracy_before - result_.found->accuracy_after));
  values.tuning = tuning;
  values.tuning.epochs = options_.values.tuning.epochs;
  if (watcher_.stopped() && needs_images(values)) {
    result_.interrupted = true;
    values.max_accuracy_drop.reset();
    values.tuning.epochs = 0;
  }
  result_.values =
      quantise_and_note(model_, values, dataset_ ? &dataset_->train : nullptr, watcher_);
  result_.interrupted = result_.interrupted || result_.values.interrupted;
}

void PruneRun::test(int threads) {
  if (!dataset_ || dataset_->test.size() == 0 || result_.interrupted) return;
  result_.data = title(*dataset_);
  result_.accuracy = classify(model_, dataset_->test, threads).accuracy();
}

}  // namespace karnin
