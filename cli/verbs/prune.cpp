// karnin-cpu prune: takes away the weights that matter least, and trains the others on if asked to.
#include <fmt/core.h>

#include <optional>
#include <utility>

#include "cli/console/console.h"
#include "cli/console/output.h"
#include "cli/options/number_option.h"
#include "cli/options/pruning_options.h"
#include "cli/options/result_options.h"
#include "cli/options/training_options.h"
#include "cli/options/value_options.h"
#include "cli/options/verb.h"
#include "cli/verbs/calibration_images.h"
#include "cli/verbs/model_data.h"
#include "cli/verbs/prune_report.h"
#include "cli/verbs/verbs.h"
#include "train/session/default_pruning.h"
#include "train/session/prune_run.h"

namespace karnin::cli {
namespace {

struct PruneVerb : VerbOptions {
  PruneRunOptions run;
  const CLI::Option* scope = nullptr;         ///< whether it was given
  PruneOptions prune;                         ///< `layers` empty: the default ones
  std::optional<double> threshold, sparsity;  ///< at most one
  DataOptions data;
  CalibrationOptions calibration;
  TrainingOptions fine_tune;
};

/// The shares of layers follow from scores that say what each removal costs.
Scope scope_of(const PruneVerb& verb) {
  if (verb.scope->count() > 0) return verb.prune.scope;
  return needs_inputs(verb.prune.method) ? Scope::global : Scope::layer;
}

PruneOptions options_for(const PruneVerb& verb, const Graph& graph) {
  PruneOptions options = verb.prune;
  options.scope = scope_of(verb);
  options.seed = verb.fine_tune.train.seed;
  options.until = Sparsity{verb.sparsity.value_or(kDefaultSparsity)};
  if (verb.threshold) options.until = Threshold{*verb.threshold};
  if (options.layers.empty()) options.layers = default_layers(graph);
  return options;
}

bool calibrates(const PruneVerb& verb) {
  return needs_inputs(verb.prune.method) || !verb.calibration.data.empty();
}

/// Whether the accuracy decides how many weights go.
bool searches(const PruneVerb& verb) {
  return calibrates(verb) && verb.run.values.max_accuracy_drop && !verb.sparsity && !verb.threshold;
}

/// Without labels its own answers are what a network has to keep.
bool judges_by_agreement(const PruneVerb& verb) {
  return !verb.calibration.data.empty() && verb.data.data.empty() &&
         verb.run.values.max_accuracy_drop && verb.run.values.tuning.epochs == 0 &&
         verb.fine_tune.train.epochs == 0 && !needs_gradients(verb.prune.method);
}

bool looks_at_training_images(const PruneVerb& verb) {
  return verb.fine_tune.train.epochs > 0 || needs_gradients(verb.prune.method) ||
         (calibrates(verb) && verb.calibration.data.empty()) || needs_images(verb.run.values);
}

std::optional<Dataset> dataset_for(const PruneVerb& verb, const Model& model) {
  if (!looks_at_training_images(verb) && verb.data.data.empty()) return std::nullopt;
  Dataset dataset = load_dataset_for(model, verb.data);
  if (looks_at_training_images(verb)) require_training_images(dataset);
  return dataset;
}

/// However it is spelled.
bool is_that_of(const std::string& data, const Dataset& dataset, const std::string& given) {
  std::error_code error;
  return data.empty() || data == given || (is_standard_dataset(data) && data == dataset.name) ||
         std::filesystem::equivalent(data, dataset.directory, error);
}

/// Nothing where all images are the data set's.
std::optional<CalibrationSource> calibration_for(const PruneVerb& verb, const Model& model,
                                                 const std::optional<Dataset>& dataset) {
  if (!calibrates(verb)) return std::nullopt;
  if (dataset && is_that_of(verb.calibration.data, *dataset, verb.data.data))
    return CalibrationSource{std::nullopt, dataset->name, verb.calibration.images};
  return find_calibration_images(model, verb.calibration, verb.data.form,
                                 verb.fine_tune.train.seed);
}

void prune_by(const PruneVerb& verb, PruneRun& run) {
  const PruneOptions options = options_for(verb, run.model().graph);
  if (!judges_by_agreement(verb)) {
    std::optional<Dataset> dataset = dataset_for(verb, run.model());
    const auto calibration = calibration_for(verb, run.model(), dataset);
    return run.prune(options, std::move(dataset), calibration, searches(verb));
  }
  CalibrationSource source = *calibration_for(verb, run.model(), std::nullopt);
  Dataset dataset = labelled_by(run.model(), *std::move(source.images), verb.threads);
  source.images.reset();
  run.prune(options, std::move(dataset), source, searches(verb));
}

ExitCode prune_verb(const PruneVerb& verb) {
  Console console;
  PruneRunOptions options = verb.run;
  options.threads = verb.threads;
  PruneRun run(options, console.watcher());
  const TrainOptions tuning = resolve(verb.fine_tune, verb.threads);
  if (searches(verb)) console.catch_signals();
  prune_by(verb, run);
  if (!searches(verb)) console.catch_signals();
  run.finish(tuning);
  console.release_signals();
  console.clear();
  run.test(verb.threads);
  if (verb.json)
    print_json(result_json(run.result()));
  else
    print(prune_text(run.result()));
  return exit_code_of(run.result().interrupted, run.files().in_place());
}

void add_pruning_options(Verb& verb, PruneVerb& options, const Pruned& pruned) {
  add_method_option(verb, options.prune);
  add_normalise_option(verb, options.prune, "--threshold", pruned);
  add_choice_options(verb, options.prune, pruned);
  options.scope = verb.get_option("--scope")->default_str("")->description(
      "Normalise and choose in each layer, or over all of them, as obs and obd do unless told "
      "otherwise");
  auto* threshold = add_number(verb, "--threshold", options.threshold, kShare,
                               "Remove the weights that score below this");
  add_number(verb, "--sparsity", options.sparsity, kShare,
             fmt::format("Remove this share of the weights; {} if neither is given, or what "
                         "--max-accuracy-drop finds for calibrated networks",
                         kDefaultSparsity))
      ->excludes(threshold);
}

/// What becomes of the weights that stay.
void add_options_of_the_kept(Verb& verb, const std::shared_ptr<PruneVerb>& options,
                             const Pruned& pruned) {
  options->fine_tune.train.epochs = 0;
  const auto of_training = add_training_options(verb, options->fine_tune, "--fine-tune");
  add_score_image_option(verb, options->run.score_images, pruned);
  add_calibration_options(verb, options->calibration, pruned);
  add_value_options(verb, options->run.values);
  verb.matter_if(of_training, "--fine-tune or --tune-values EPOCHS", [options] {
    return options->fine_tune.train.epochs > 0 || options->run.values.tuning.epochs > 0;
  });
  say_when_seed_matters(
      verb, pruned, "--fine-tune, --tune-values, --max-accuracy-drop, --calibrate", [options] {
        return options->fine_tune.train.epochs > 0 || needs_images(options->run.values) ||
               !options->calibration.data.empty();
      });
}

}  // namespace

void add_prune(CLI::App& app, Action& action) {
  const auto options = std::make_shared<PruneVerb>();
  options->prune.layers.clear();
  Verb& verb =
      add_verb(app,
               {"prune", "Remove the weights that matter least",
                "prune --model karnin-run/model.bin --sparsity 0.7 --out pruned.bin",
                "karnin to change need the sensitivities that train records; obs, obd, taylor and "
                "fisher\nneed images, the others nothing.\n"
                "The paper's own pruning is --method karnin-sgd --normalise minmax --sign keep "
                "--threshold 0.45."},
               *options);
  verb.add_option("--model", options->run.model, "The file that train wrote")->required();
  const Pruned pruned{[options] { return std::vector{options->prune.method}; },
                      [options] { return options->threshold.has_value(); }};
  add_pruning_options(verb, *options, pruned);
  add_options_of_the_kept(verb, options, pruned);
  add_data_options(
      verb, options->data,
      "Data set of --fine-tune, --tune-values, --max-accuracy-drop and of the test after "
      "them; otherwise the model's own");
  verb.add_flag("--shrink", options->run.shrink,
                "Take out neurons and channels that lost all their inputs or outputs, and add what "
                "they still gave to the next biases: narrower layers, the same logits but for "
                "rounding");
  verb.add_flag("--keep-sensitivities", options->run.keep_sensitivities,
                "Keep them in the file, as they were recorded, so that it can be pruned further");
  add_result_options(verb, options->run, "pruned.bin",
                     "The pruned file; with --overwrite it may be that of --model");
  select(verb, action, options, prune_verb);
}

}  // namespace karnin::cli
