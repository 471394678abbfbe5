// karnin-cpu train: weights, their sensitivities, and a first pruning of them, in one directory.
#include <fmt/core.h>

#include <filesystem>

#include "cli/evaluation.h"
#include "cli/finished_run.h"
#include "cli/model_data.h"
#include "cli/number_option.h"
#include "cli/output.h"
#include "cli/provenance.h"
#include "cli/pruning.h"
#include "cli/quantity.h"
#include "cli/recipe.h"
#include "cli/train_record.h"
#include "cli/train_report.h"
#include "cli/train_run.h"
#include "cli/training_start.h"
#include "formats/model/architecture_json.h"
#include "formats/model/model_file.h"
#include "train/loop/initialise.h"
#include "train/loop/validation_split.h"

namespace karnin::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Throws ArgumentError for a teacher that the run itself replaces.
void require_lasting_teacher(const TrainVerb& verb) {
  std::error_code error;
  for (const char* name : kProducts)
    if (std::filesystem::equivalent(verb.training.teacher, verb.out / name, error))
      throw ArgumentError("--teacher " + verb.training.teacher +
                          ": expected a file that this run does not replace");
}

Results results_of(const TrainVerb& verb, bool resumed) {
  Results results{{}, verb.checkpoint_file(), resumed};
  for (const char* name : {"model.bin", "pruned.bin", "train.csv", kArgumentsFile})
    results.files.push_back(verb.out / name);
  return results;
}

/// Before the data are read: whether what is there is this run's own shows only afterwards.
void refuse_early(const TrainVerb& verb) {
  std::error_code error;
  const bool has_state = std::filesystem::exists(verb.checkpoint_file(), error) ||
                         std::filesystem::exists(verb.out / kArgumentsFile, error);
  require_replaceable_directory(verb, results_of(verb, verb.watch.resume && has_state));
}

/// The model that the run starts from: that of --model, or fresh weights.
Model starting_model(const TrainVerb& verb, const Dataset& dataset, std::uint64_t seed) {
  const ImageFormat images{dataset.train.extent, dataset.plain_extent(),
                           static_cast<std::int64_t>(dataset.classes.size())};
  Model model = make_model(load_architecture(verb.arch, images));
  model.classes = dataset.classes;
  initialise(model, seed);
  return model;
}

/// What --resume finds of the run.
std::optional<SavedRun> saved(const TrainRun& run) {
  if (run.checkpoint) return SavedRun{"the checkpoint", run.checkpoint->run, run.checkpoint->model};
  if (run.over) return SavedRun{"the finished run", run.over->identity, run.over->model};
  return std::nullopt;
}

TrainRun start(const TrainVerb& verb, std::uint64_t seed) {
  TrainRun run;
  if (verb.watch.resume) run.checkpoint = find_checkpoint(verb.checkpoint_file());
  if (verb.watch.resume && !run.checkpoint) run.over = find_finished_run(verb.out);
  if (!verb.model.empty()) {
    TrainingStart from = read_start(verb.model, verb.out, saved(run));
    run.model = std::move(from.model);
    run.started_from = {{"model", from.name}, {"model_sha256", from.sha256}};
    run.dataset = load_dataset_for(run.model, verb.data);
  } else {
    run.dataset = find_dataset(verb.data);
    run.model = starting_model(verb, run.dataset, seed);
    run.started_from = {{"arch", verb.arch}};
    fit_padding(run.dataset, input_extent(run.model.graph));
  }
  const WatchOptions& watch = verb.watch;
  if (watch.validation != 0 || watch.early_stop != 0 || watch.held_out_gradients ||
      verb.pruning.max_accuracy_drop)
    run.held_out = hold_out(run.dataset.train, verb.watch.validation, seed);
  return run;
}

/// What is there of the run once its weights are.
void finish(TrainRun& run, const TrainVerb& verb, const TrainOptions& options) {
  append_provenance(run.model, history_entry(verb, run, options));
  run.pruned = run.model;
  if (!verb.pruning.asked_for()) prune_and_note(run.pruned, default_pruning(run.model.graph));
  run.pruned.sensitivities.clear();
}

/// Before anything is written: weights that overflow only here are those of a run that diverged in
/// its last steps. Throws DivergedError.
void test(TrainRun& run, const TrainVerb& verb) try {
  run.accuracy = classify(run.model, run.dataset.test, verb.threads).accuracy();
  run.pruned_accuracy = classify(run.pruned, run.dataset.test, verb.threads).accuracy();
} catch (const NonFiniteError& error) {
  throw DivergedError(
      fmt::format("on the test images: the training diverged: {}; use a lower "
                  "learning rate than {}",
                  error.what(), verb.training.train.schedule.learning_rate));
}

void save(const TrainRun& run, const TrainVerb& verb, const TrainOptions& options,
          const Json& identity, OutputFiles& files) {
  files.write(verb.out / "model.bin", encode_model(run.model));
  files.write(verb.out / "pruned.bin", encode_model(run.pruned));
  files.write(verb.out / "train.csv", to_csv(run.log));
  const Json json = arguments(verb, run, options, identity);
  files.write(verb.out / kArgumentsFile,
              json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

/// Says where the model that the run starts from has fewer weights than it asks for.
void tell_excess(const TrainVerb& verb, const Model& model) {
  const auto pruning = resolve(verb.pruning, model.graph);
  if (!pruning || verb.pruning.max_accuracy_drop) return;
  PruneOptions choice = pruning->choice;
  // Weights that come back do so in any layer, unless all layers together have too few already.
  if (pruning->growth != Growth::none) choice.scope = Scope::global;
  tell_pruned_beyond(model, choice);
}

/// Says what becomes of a checkpoint that is there, or of one that is not.
void tell_start(const TrainVerb& verb, const TrainRun& run) {
  tell(fmt::format("training {} on {}: {} images\n", run.model.graph.name, title(run.dataset),
                   count(run.dataset.train.size())));
  if (!run.checkpoint) tell_excess(verb, run.model);
  const std::string file = verb.checkpoint_file().string();
  std::error_code error;
  if (verb.watch.resume && !run.checkpoint)
    tell(fmt::format("there is no {}: starting at the beginning\n", file));
  if (!verb.watch.resume && std::filesystem::exists(file, error))
    tell(fmt::format("{} is of a run that was interrupted: this one replaces it\n", file));
}

void train_and_save(TrainRun& run, const TrainVerb& verb, const TrainOptions& options,
                    const Json& id, OutputFiles& files) {
  if (run.checkpoint) {
    require_same_run(run.checkpoint->run, id);
    run.model = run.checkpoint->model;
  }
  TrainingSession session({run.model, run.dataset.train, run.held_out}, options,
                          rules(verb, run.model), verb.watch, verb.checkpoint_file(), id, files);
  files = take_directory(verb, results_of(verb, run.checkpoint.has_value()));
  tell_start(verb, run);
  if (run.checkpoint) session.resume(*run.checkpoint);
  run.checkpoint.reset();
  const Interrupt interrupt;  // until all is written
  run.interrupted = session.run(interrupt);
  run.log = session.log();
  run.best_epoch = session.best_epoch();
  finish(run, verb, options);
  if (!run.interrupted) test(run, verb);
  save(run, verb, options, id, files);
  if (!run.interrupted) session.remove_checkpoint();
}

/// Takes what a finished run has left, if that was this very one. Throws ArgumentError otherwise.
void take_finished(TrainRun& run, const TrainVerb& verb, const Json& identity) {
  require_same_run(run.over->identity, identity);
  tell(fmt::format("the run in {} is over: nothing is left to do\n", verb.out.string()));
  run.model = std::move(run.over->model);
  run.pruned = std::move(run.over->pruned);
  run.log = std::move(run.over->log);
  run.best_epoch = run.over->best_epoch;
  test(run, verb);
}

Json report_json(const TrainRun& run, const std::vector<Product>& products) {
  Json json{{"data", run.dataset.name},
            {"note", run.dataset.note},
            {"test_images", run.dataset.test.size()},
            {"interrupted", run.interrupted},
            {"epochs", to_json(run.log)},
            {"model", product_json(products[0])},
            {"pruned", product_json(products[1])}};
  if (run.best_epoch != 0) json["best_epoch"] = run.best_epoch;
  return json;
}

ExitCode train(const TrainVerb& verb) {
  require_lasting_teacher(verb);
  refuse_early(verb);
  const TrainOptions options = resolve(verb.training, verb.threads);
  TrainRun run = start(verb, options.seed);
  const Json id = identity(verb, run, options);
  OutputFiles files;
  if (run.over)
    take_finished(run, verb, id);
  else
    train_and_save(run, verb, options, id, files);
  const std::vector<Product> products{
      {files.place_of(verb.out / "model.bin"), run.model, run.accuracy},
      {files.place_of(verb.out / "pruned.bin"), run.pruned, run.pruned_accuracy}};
  if (verb.json)
    print_json(report_json(run, products));
  else
    print(describe(run.dataset, products));
  return files.exit_code(run.interrupted);
}

}  // namespace

void add_train(CLI::App& app, Action& action) {
  const auto options = std::make_shared<TrainVerb>();
  Verb& verb = add_verb(
      app,
      {"train", "Train a network, record how much each weight matters, and prune a copy",
       "train --data cifar10 --epochs 2 --seed 1 --out karnin-run",
       "Leaves in --out: model.bin (weights and sensitivities: all that prune needs),\n"
       "pruned.bin (the same without sensitivities, half of fc1 and fc2 pruned unless\n"
       "--sparsity says otherwise), train.csv (a line an epoch) and arguments.json (what\n"
       "it ran with).\n\n"
       "SIGINT, SIGTERM, SIGHUP, SIGXCPU, SIGUSR1 and SIGUSR2 leave what there is and a\n"
       "checkpoint.bin, from which the same command with --resume goes on: it ends in the\n"
       "same model.bin, pruned.bin and train.csv, to the byte. A second SIGINT or SIGTERM\n"
       "ends at once; the last checkpoint stays. Without --resume or --overwrite, a directory\n"
       "that holds a run is left alone."},
      *options);
  verb.add_option("--data", options->data,
                  "cifar10, fashion-mnist or a directory; otherwise whichever is found first");
  auto* arch = verb.add_option(
      "--arch", options->arch,
      "khanal2018 (the paper's network), lenet-300-100, lenet-5 (Caffe's) or a JSON file");
  verb.add_option("--model", options->model,
                  "Start from the weights of this file (a model or a checkpoint); what is pruned "
                  "stays pruned")
      ->excludes(arch);
  add_recipe_option(verb, options->training, options->pruning);
  add_training_options(verb, options->training);
  add_number(verb, "--average", options->average, kShareBelowOne,
             "Leave the moving average of the weights, with this decay a step (0.999); 0: the "
             "last ones");
  add_result_options(verb, *options, "karnin-run", "Directory of the results");
  add_watch_options(verb, options->watch);
  add_training_pruning_options(verb, options->pruning);
  select(verb, action, options, train);
}

}  // namespace karnin::cli
