// karnin-cpu prune: takes away the weights that matter least, and trains the others on if asked to.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "cli/evaluation.h"
#include "cli/model_data.h"
#include "cli/number_option.h"
#include "cli/output.h"
#include "cli/output_files.h"
#include "cli/provenance.h"
#include "cli/pruning.h"
#include "cli/quantity.h"
#include "cli/result_options.h"
#include "cli/table.h"
#include "cli/training_options.h"
#include "cli/training_run.h"
#include "cli/value_choice.h"
#include "cli/verb.h"
#include "formats/io/file_status.h"
#include "formats/io/printable.h"
#include "formats/model/model_file.h"
#include "train/pruning/gradient_scores.h"
#include "train/pruning/shrink.h"

namespace karnin::cli {
namespace {

using Json = nlohmann::ordered_json;

struct PruneVerb : VerbOptions, ResultOptions {
  std::string model;
  PruneOptions prune;  ///< `layers` empty: the default ones
  bool shrink = false;
  bool keep_sensitivities = false;
  std::string data;
  TrainingOptions fine_tune;
  std::int64_t score_images = 1000;
  ValueOptions values;
};

struct Result {
  PruneReport report;
  std::optional<ShrinkReport> shrunk;
  ValueReport values;
  std::int64_t bytes_before = 0;
  std::int64_t bytes_after = 0;
  std::string data;                ///< empty: not tested
  std::optional<double> accuracy;  ///< of the test images
  bool interrupted = false;
};

PruneOptions options_for(const PruneVerb& verb, const Architecture& architecture) {
  PruneOptions options = verb.prune;
  options.seed = verb.fine_tune.train.seed;
  if (!options.threshold && !options.sparsity) options.sparsity = kDefaultSparsity;
  if (options.layers.empty()) options.layers = default_layers(architecture);
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

Result prune_file(const PruneVerb& verb) {
  Model model = read_model(verb.model);
  require_no_loss(verb, model);
  require_replaceable(verb, {{verb.out}, {}, false});
  require_writable({verb.out});
  Result result;
  result.bytes_before = file_bytes(verb.model);
  TrainOptions options = resolve(verb.fine_tune, verb.threads);
  const bool tune = options.epochs > 0, score = needs_gradients(verb.prune.method);
  std::optional<Dataset> dataset;
  if (tune || score || needs_images(verb.values) || !verb.data.empty())
    dataset = load_dataset_for(model, verb.data);
  if (score) add_gradient_scores(model, dataset->train, {verb.score_images, options.seed});
  const PruneOptions pruning = options_for(verb, model.architecture);
  tell_pruned_beyond(model, pruning);
  result.report = prune_and_note(model, pruning);
  std::optional<Interrupt> interrupted(std::in_place);  // until the file is written
  const Interrupt& interrupt = *interrupted;
  if (tune) result.interrupted = fine_tune(model, *dataset, options, interrupt);
  if (verb.shrink) result.shrunk = shrink_and_note(model);
  ValueOptions values = verb.values;
  values.tuning = options;
  values.tuning.epochs = verb.values.tuning.epochs;
  // An interruption ends what takes long: no codebook is trained, no search for values is begun.
  if (interrupt.requested() && needs_images(values)) {
    result.interrupted = true;
    values.max_accuracy_drop.reset();
    values.tuning.epochs = 0;
  }
  result.values = quantise_and_note(model, values, dataset ? &dataset->train : nullptr, interrupt);
  result.interrupted = result.interrupted || result.values.interrupted;
  if (!verb.keep_sensitivities) model.sensitivities.clear();
  write_model(verb.out, model);
  interrupted.reset();
  result.bytes_after = file_bytes(verb.out);
  if (dataset && !result.interrupted) {
    result.data = title(*dataset);
    result.accuracy = classify(model, dataset->test, verb.threads).accuracy();
  }
  return result;
}

Json shrink_json(const ShrinkReport& report) {
  Json layers = Json::array();
  for (const ShrinkReport::LayerCount& layer : report.layers)
    layers.push_back({{"name", layer.layer},
                      {"units", layer.units},
                      {"constant", layer.constant},
                      {"unused", layer.unused}});
  return layers;
}

std::string describe(const ShrinkReport& report) {
  std::string text;
  for (const auto& [layer, units, constant, unused] : report.layers)
    if (constant + unused > 0)
      text += fmt::format("{}: {} -> {} units; without inputs {}, without outputs {}\n", layer,
                          units, units - constant - unused, constant, unused);
  return text.empty() ? "no unit lost all its inputs or outputs\n" : text;
}

Json result_json(const Result& result, const PruneVerb& verb) {
  Json json{{"file", verb.out.string()},
            {"layers", to_json(result.report.layers)},
            {"other_layers", to_json(result.report.others)},
            {"values", to_json(result.values)},
            {"file_bytes_before", result.bytes_before},
            {"file_bytes", result.bytes_after},
            {"interrupted", result.interrupted}};
  json["shrunk"] = result.shrunk ? shrink_json(*result.shrunk) : Json();
  json["accuracy"] = result.accuracy ? Json(*result.accuracy) : Json();
  return json;
}

double pruned_share(const PruneReport::LayerCount& layer) {
  return layer.weights == 0
             ? 0
             : static_cast<double>(layer.pruned) / static_cast<double>(layer.weights);
}

/// What this call removed, and what is pruned now.
std::string describe(const PruneReport& report) {
  Table table("lrrrr");
  table.add({"layer", "weights", "removed", "pruned", "share"});
  const auto add = [&](const PruneReport::LayerCount& layer) {
    table.add({layer.layer, count(layer.weights), count(layer.removed), count(layer.pruned),
               percent(pruned_share(layer))});
  };
  std::ranges::for_each(report.layers, add);
  add(total(report));
  std::string text = table.str();
  for (const PruneReport::LayerCount& layer : report.others)
    text += fmt::format("{}: {} of {} weights ({}) were pruned before\n", layer.layer,
                        count(layer.pruned), count(layer.weights), percent(pruned_share(layer)));
  return text;
}

std::string describe(const Result& result, const PruneVerb& verb) {
  std::string text = describe(result.report);
  text +=
      fmt::format("{} ({}) -> {} ({})\n", printable_line(verb.model), bytes(result.bytes_before),
                  printable_line(verb.out.string()), bytes(result.bytes_after));
  if (result.shrunk) text += describe(*result.shrunk);
  text += describe(result.values);
  if (result.accuracy)
    text += fmt::format("test accuracy {} on {}\n", percent(*result.accuracy), result.data);
  return text;
}

ExitCode prune_verb(const PruneVerb& verb) {
  const Result result = prune_file(verb);
  if (verb.json)
    print_json(result_json(result, verb));
  else
    print(describe(result, verb));
  return result.interrupted ? ExitCode::interrupted : ExitCode::done;
}

void add_pruning_options(Verb& verb, PruneOptions& options, const Pruned& pruned) {
  add_method_option(verb, options);
  add_normalise_option(verb, options, "--threshold", pruned);
  add_choice_options(verb, options, pruned);
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
                      [options] { return options->prune.threshold.has_value(); }};
  add_pruning_options(verb, options->prune, pruned);
  options->fine_tune.train.epochs = 0;
  const auto of_training = add_training_options(verb, options->fine_tune, "--fine-tune");
  add_score_image_option(verb, options->score_images, pruned);
  add_value_options(verb, options->values);
  verb.matter_if(of_training, "--fine-tune or --tune-values EPOCHS", [options] {
    return options->fine_tune.train.epochs > 0 || options->values.tuning.epochs > 0;
  });
  verb.matter_if({"--seed"},
                 "--fine-tune, --tune-values, --max-accuracy-drop or --method random, taylor or "
                 "fisher",
                 [options, pruned] {
                   return options->fine_tune.train.epochs > 0 || needs_images(options->values) ||
                          by_chance(pruned);
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
