// karnin-cpu train: weights, their sensitivities, and a first pruning of them, in one directory.
#include <utility>

#include "cli/console/console.h"
#include "cli/console/exit_code.h"
#include "cli/console/output.h"
#include "cli/options/number_option.h"
#include "cli/options/recipe.h"
#include "cli/options/result_options.h"
#include "cli/options/training_options.h"
#include "cli/options/training_pruning.h"
#include "cli/options/verb.h"
#include "cli/options/watch_options.h"
#include "cli/verbs/model_data.h"
#include "cli/verbs/pixel_options.h"
#include "cli/verbs/train_report.h"
#include "cli/verbs/verbs.h"
#include "formats/model/architecture_json.h"
#include "train/session/training_run.h"

namespace karnin::cli {
namespace {

using Json = nlohmann::ordered_json;

/// The command line of `train`. What a run has to know beyond `run` takes a model to say.
struct TrainVerb : VerbOptions {
  RunOptions run;
  DataOptions data;
  PixelOptions pixels;
  TrainingOptions training;
  TrainingPruningOptions pruning;
  double average = 0;
};

WeightRules rules(const TrainVerb& verb, const Graph& graph) {
  return {resolve(verb.pruning, graph), search_of(verb.pruning), verb.average};
}

/// Images are made to fit where the architecture takes no others.
DataOptions data_options_for(const TrainVerb& verb) {
  DataOptions options = verb.data;
  if (const auto input = architecture_input(verb.run.arch))
    options.form = form_for(make_graph("", *input), options.form);
  return options;
}

/// The model to start from, and the data set that goes with it.
std::pair<TrainingStart, Dataset> start(const TrainVerb& verb, const FoundRun& found,
                                        std::uint64_t seed, const Watcher& watcher) {
  if (verb.run.model.empty()) {
    Dataset dataset = find_dataset(data_options_for(verb));
    require_training_images(dataset);
    TrainingStart from = fresh_start(verb.run.arch, dataset, seed);
    apply(verb.pixels, from.model);
    return {std::move(from), std::move(dataset)};
  }
  TrainingStart from = read_start(verb.run.model, verb.run.out, found, watcher);
  Dataset dataset = load_dataset_for(from.model, verb.data);
  require_training_images(dataset);
  return {std::move(from), std::move(dataset)};
}

Json report_json(const TrainingRun& run, const std::vector<Product>& products) {
  const Dataset& dataset = run.dataset();
  const RunResult& result = run.result();
  Json json{{"data", dataset.name},
            {"note", dataset.note},
            {"test_images", dataset.test.size()},
            {"interrupted", result.interrupted},
            {"epochs", to_json(result.log)},
            {"model", product_json(products[0])},
            {"pruned", product_json(products[1])}};
  if (result.best_epoch != 0) json["best_epoch"] = result.best_epoch;
  return json;
}

void report(const TrainingRun& run, const TrainVerb& verb) {
  const RunResult& result = run.result();
  const std::vector<Product> products{
      {run.files().place_of(verb.run.out / "model.bin"), result.model, result.accuracy},
      {run.files().place_of(verb.run.out / "pruned.bin"), result.pruned, result.pruned_accuracy}};
  if (verb.json)
    print_json(report_json(run, products));
  else
    print(describe(run.dataset(), products));
}

ExitCode train(const TrainVerb& verb) {
  Console console;
  RunOptions options = verb.run;
  options.teacher = verb.training.teacher;
  require_free_directory(options);
  options.train = resolve(verb.training, verb.threads);
  FoundRun found;
  if (verb.run.watch.resume) found = find_run(verb.run.out);
  auto [from, dataset] = start(verb, found, options.train.seed, console.watcher());
  options.rules = rules(verb, from.model.graph);
  TrainingRun run(std::move(options), std::move(found), std::move(from), std::move(dataset),
                  console.watcher());
  if (!run.is_over()) console.catch_signals();
  run.complete();
  console.release_signals();
  report(run, verb);
  return exit_code_of(run.result().interrupted, run.files().in_place());
}

}  // namespace

void add_train(CLI::App& app, Action& action) {
  const auto options = std::make_shared<TrainVerb>();
  options->run.arch = "khanal2018";
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
  add_data_options(verb, options->data,
                   "cifar10, fashion-mnist or a directory; otherwise whichever is found first");
  auto* arch = verb.add_option(
      "--arch", options->run.arch,
      "khanal2018 (the paper's network), lenet-300-100, lenet-5 (Caffe's) or a JSON file");
  verb.add_option("--model", options->run.model,
                  "Start from the weights of this file (a model or a checkpoint); what is pruned "
                  "stays pruned")
      ->excludes(arch);
  add_pixel_options(verb, options->pixels);
  verb.matter_if({"--scale", "--mean", "--std"}, "no --model",
                 [options] { return options->run.model.empty(); });
  add_recipe_option(verb, options->training, options->pruning);
  add_training_options(verb, options->training);
  add_number(verb, "--average", options->average, kShareBelowOne,
             "Leave the moving average of the weights, with this decay a step (0.999); 0: the "
             "last ones");
  add_result_options(verb, options->run, "karnin-run", "Directory of the results");
  add_watch_options(verb, options->run.watch);
  add_training_pruning_options(verb, options->pruning);
  select(verb, action, options, train);
}

}  // namespace karnin::cli
