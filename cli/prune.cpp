// karnin-cpu prune: takes away the weights that matter least, and trains the others on if asked to.
#include <fmt/core.h>

#include <filesystem>
#include <optional>

#include "cli/evaluation.h"
#include "cli/model_data.h"
#include "cli/number_option.h"
#include "cli/output.h"
#include "cli/provenance.h"
#include "cli/prune_report.h"
#include "cli/pruning.h"
#include "cli/quantity.h"
#include "cli/result_options.h"
#include "cli/training_options.h"
#include "cli/training_run.h"
#include "cli/verb.h"
#include "formats/io/file_status.h"
#include "formats/model/model_file.h"
#include "train/pruning/gradient_scores.h"
#include "train/pruning/shrink.h"

namespace karnin::cli {
namespace {

using Json = nlohmann::ordered_json;

struct PruneVerb : VerbOptions, ResultOptions {
  std::string model;
  PruneOptions prune;                         ///< `layers` empty: the default ones
  std::optional<double> threshold, sparsity;  ///< at most one
  bool shrink = false;
  bool keep_sensitivities = false;
  std::string data;
  TrainingOptions fine_tune;
  std::int64_t score_images = 1000;
  ValueOptions values;
};

PruneOptions options_for(const PruneVerb& verb, const Graph& graph) {
  PruneOptions options = verb.prune;
  options.seed = verb.fine_tune.train.seed;
  options.until = Sparsity{verb.sparsity.value_or(kDefaultSparsity)};
  if (verb.threshold) options.until = Threshold{*verb.threshold};
  if (options.layers.empty()) options.layers = default_layers(graph);
  return options;
}

/// True if it was interrupted.
bool fine_tune(Model& model, const Dataset& dataset, const TrainOptions& options,
               const Interrupt& interrupt) {
  tell(fmt::format("fine-tuning on {}: {} images\n", title(dataset), count(dataset.train.size())));
  Trainer trainer(model, dataset.train, options);
  TrainingLog log;
  const bool interrupted = run_training(trainer, options.epochs, interrupt, log);
  Json entry{{"verb", "fine-tune"}, {"data", dataset.name}, {"note", dataset.note}};
  entry.update(to_json(options));
  if (interrupted) entry["interrupted_in_epoch"] = log.size();
  append_provenance(model, std::move(entry));
  return interrupted;
}

ShrinkReport shrink_and_note(Model& model) {
  const ShrinkReport report = shrink(model);
  Json layers = Json::object();
  for (const ShrinkReport::LayerCount& layer : report.layers)
    if (layer.constant + layer.unused > 0) layers[layer.layer] = layer.constant + layer.unused;
  append_provenance(model, {{"verb", "shrink"}, {"removed_units", std::move(layers)}});
  return report;
}

/// Sensitivities take a training to get back.
void require_no_loss(const PruneVerb& verb, const Model& model) {
  std::error_code error;
  if (model.sensitivities.empty() || verb.keep_sensitivities ||
      !std::filesystem::equivalent(verb.model, verb.out, error))
    return;
  throw ArgumentError(
      "--out is --model, which would lose its sensitivities: expected another "
      "--out, or --keep-sensitivities");
}

/// An interruption before it leaves out what takes long: no codebook is trained, no search for
/// values is begun.
void quantise(PruneResult& result, Model& model, ValueOptions values, ImageSet* train,
              const Interrupt& interrupt) {
  if (interrupt.requested() && needs_images(values)) {
    result.interrupted = true;
    values.max_accuracy_drop.reset();
    values.tuning.epochs = 0;
  }
  result.values = quantise_and_note(model, values, train, interrupt);
  result.interrupted = result.interrupted || result.values.interrupted;
}

PruneResult prune_file(const PruneVerb& verb, OutputFiles& files) {
  Model model = read_model(verb.model);
  require_no_loss(verb, model);
  files = take_file(verb);
  PruneResult result;
  result.model = verb.model;
  result.bytes_before = file_bytes(verb.model);
  TrainOptions options = resolve(verb.fine_tune, verb.threads);
  const bool tune = options.epochs > 0, score = needs_gradients(verb.prune.method);
  std::optional<Dataset> dataset;
  if (tune || score || needs_images(verb.values) || !verb.data.empty())
    dataset = load_dataset_for(model, verb.data);
  if (score) add_gradient_scores(model, dataset->train, {verb.score_images, options.seed});
  const PruneOptions pruning = options_for(verb, model.graph);
  tell_pruned_beyond(model, pruning);
  result.report = prune_and_note(model, pruning);
  std::optional<Interrupt> interrupted(std::in_place);  // until the file is written
  const Interrupt& interrupt = *interrupted;
  if (tune) result.interrupted = fine_tune(model, *dataset, options, interrupt);
  if (verb.shrink) result.shrunk = shrink_and_note(model);
  ValueOptions values = verb.values;
  values.tuning = options;
  values.tuning.epochs = verb.values.tuning.epochs;
  quantise(result, model, values, dataset ? &dataset->train : nullptr, interrupt);
  if (!verb.keep_sensitivities) model.sensitivities.clear();
  files.write(verb.out, encode_model(model));
  interrupted.reset();
  result.out = files.place_of(verb.out);
  result.bytes_after = file_bytes(result.out);
  if (dataset && !result.interrupted) {
    result.data = title(*dataset);
    result.accuracy = classify(model, dataset->test, verb.threads).accuracy();
  }
  return result;
}

ExitCode prune_verb(const PruneVerb& verb) {
  OutputFiles files;
  const PruneResult result = prune_file(verb, files);
  if (verb.json)
    print_json(result_json(result));
  else
    print(describe(result));
  return files.exit_code(result.interrupted);
}

void add_pruning_options(Verb& verb, PruneVerb& options, const Pruned& pruned) {
  add_method_option(verb, options.prune);
  add_normalise_option(verb, options.prune, "--threshold", pruned);
  add_choice_options(verb, options.prune, pruned);
  auto* threshold = add_number(verb, "--threshold", options.threshold, kShare,
                               "Remove the weights that score below this");
  add_number(
      verb, "--sparsity", options.sparsity, kShare,
      fmt::format("Remove this share of the weights; {} if neither is given", kDefaultSparsity))
      ->excludes(threshold);
}

}  // namespace

void add_prune(CLI::App& app, Action& action) {
  const auto options = std::make_shared<PruneVerb>();
  options->prune.layers.clear();
  Verb& verb =
      add_verb(app,
               {"prune", "Remove the weights that matter least",
                "prune --model karnin-run/model.bin --sparsity 0.7 --out pruned.bin",
                "All methods but magnitude and random need the sensitivities that train records.\n"
                "The paper's own pruning is --method karnin-sgd --normalise minmax --sign keep "
                "--threshold 0.45."},
               *options);
  verb.add_option("--model", options->model, "The file that train wrote")->required();
  const Pruned pruned{[options] { return std::vector{options->prune.method}; },
                      [options] { return options->threshold.has_value(); }};
  add_pruning_options(verb, *options, pruned);
  options->fine_tune.train.epochs = 0;
  const auto of_training = add_training_options(verb, options->fine_tune, "--fine-tune");
  add_score_image_option(verb, options->score_images, pruned);
  add_value_options(verb, options->values);
  verb.matter_if(of_training, "--fine-tune or --tune-values EPOCHS", [options] {
    return options->fine_tune.train.epochs > 0 || options->values.tuning.epochs > 0;
  });
  say_when_seed_matters(verb, pruned, "--fine-tune, --tune-values, --max-accuracy-drop", [options] {
    return options->fine_tune.train.epochs > 0 || needs_images(options->values);
  });
  verb.add_option(
      "--data", options->data,
      "Data set of --fine-tune, --tune-values, --max-accuracy-drop and of the test after "
      "them; otherwise the model's own");
  verb.add_flag("--shrink", options->shrink,
                "Take out neurons and channels that lost all their inputs or outputs, and add what "
                "they still gave to the next biases: narrower layers, the same logits but for "
                "rounding");
  verb.add_flag("--keep-sensitivities", options->keep_sensitivities,
                "Keep them in the file, as they were recorded, so that it can be pruned further");
  add_result_options(verb, *options, "pruned.bin",
                     "The pruned file; with --overwrite it may be that of --model");
  select(verb, action, options, prune_verb);
}

}  // namespace karnin::cli
