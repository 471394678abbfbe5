// karnin-cpu train: weights, their sensitivities, and a first pruning of them, in one directory.
#include <fmt/core.h>

#include <filesystem>
#include <optional>

#include "cli/evaluation.h"
#include "cli/model_data.h"
#include "cli/output.h"
#include "cli/provenance.h"
#include "cli/pruning.h"
#include "cli/quantity.h"
#include "cli/table.h"
#include "cli/training_options.h"
#include "cli/training_run.h"
#include "cli/verb.h"
#include "formats/architecture_json.h"
#include "formats/atomic_file.h"
#include "formats/model_file.h"
#include "train/initialise.h"
#include "train/recorder.h"

namespace karnin::cli {
namespace {

using Json = nlohmann::ordered_json;

struct TrainVerb : VerbOptions {
  std::string data;
  std::string arch = "khanal2018";
  std::string model;  ///< to go on from; empty: fresh weights
  TrainingOptions training;
  std::filesystem::path out = "karnin-run";
};

/// Everything that one run works on, in the order in which it comes to be.
struct Run {
  Dataset dataset;
  Model model;
  TrainingLog log;
  Model pruned;
  bool interrupted = false;
};

/// What a run leaves, and what its test said.
struct Product {
  std::filesystem::path file;
  const Model& model;
  std::optional<double> accuracy;
};

Run start(const TrainVerb& verb, std::uint64_t seed) {
  Run run;
  if (!verb.model.empty()) {
    run.model = read_model(verb.model);
    run.dataset = load_dataset_for(run.model, verb.data);
    return run;
  }
  run.dataset = load_dataset(verb.data);
  run.model = make_model(load_architecture(verb.arch, run.dataset.train.extent,
                                           static_cast<std::int64_t>(run.dataset.classes.size())));
  run.model.classes = run.dataset.classes;
  initialise(run.model, seed);
  return run;
}

Json history_entry(const Run& run, const TrainOptions& options) {
  Json entry{{"verb", "train"},
             {"data", run.dataset.name},
             {"note", run.dataset.note},
             {"images", run.dataset.train.size()}};
  entry.update(to_json(options));
  if (run.interrupted) entry["interrupted_in_epoch"] = run.log.size();
  return entry;
}

Json arguments(const TrainVerb& verb, const Run& run, const TrainOptions& options) {
  Json json{{"verb", "train"}, {"version", KARNIN_VERSION}};
  json["data"] = run.dataset.directory.string();
  json[verb.model.empty() ? "arch" : "model"] = verb.model.empty() ? verb.arch : verb.model;
  json.update(to_json(options));
  json["threads"] = options.threads;
  json["out"] = verb.out.string();
  return json;
}

void save(Run& run, const TrainVerb& verb, const TrainOptions& options) {
  append_provenance(run.model, history_entry(run, options));
  write_model(verb.out / "model.bin", run.model);
  run.pruned = run.model;
  prune_and_note(run.pruned, default_pruning(run.model.architecture));
  run.pruned.sensitivities.clear();
  write_model(verb.out / "pruned.bin", run.pruned);
  replace_file(verb.out / "train.csv", to_csv(run.log));
  replace_file(verb.out / "arguments.json", arguments(verb, run, options).dump(2) + "\n");
}

void train_and_save(Run& run, const TrainVerb& verb, const TrainOptions& options) {
  SensitivityRecorder recorder;
  Trainer trainer(run.model, run.dataset.train, options);
  trainer.attach(recorder);
  require_writable_directory(verb.out);
  tell(fmt::format("training {} on {}: {} images\n", run.model.architecture.name,
                   title(run.dataset), count(run.dataset.train.size())));
  const Interrupt interrupt;
  run.log = run_training(trainer, options.epochs, interrupt);
  run.interrupted = interrupt.requested();
  run.model.sensitivities = recorder.sensitivities(run.model);
  save(run, verb, options);
}

std::int64_t file_bytes(const Product& product) {
  return static_cast<std::int64_t>(std::filesystem::file_size(product.file));
}

Json product_json(const Product& product) {
  return {{"file", product.file.string()},
          {"file_bytes", file_bytes(product)},
          {"parameters", product.model.parameter_count()},
          {"nonzero", product.model.nonzero_count()},
          {"accuracy", product.accuracy ? Json(*product.accuracy) : Json()}};
}

Json report_json(const Run& run, const std::vector<Product>& products) {
  return {{"data", run.dataset.name},
          {"note", run.dataset.note},
          {"test_images", run.dataset.test.size()},
          {"interrupted", run.interrupted},
          {"epochs", to_json(run.log)},
          {"model", product_json(products[0])},
          {"pruned", product_json(products[1])}};
}

std::string describe(const Run& run, const std::vector<Product>& products) {
  Table table("lrrrr");
  table.add({"file", "test accuracy", "parameters", "non-zero", "size"});
  for (const Product& product : products)
    table.add({product.file.string(), product.accuracy ? percent(*product.accuracy) : "-",
               count(product.model.parameter_count()), count(product.model.nonzero_count()),
               bytes(file_bytes(product))});
  return fmt::format("{}, {} test images\n{}", title(run.dataset), count(run.dataset.test.size()),
                     table.str());
}

ExitCode train(const TrainVerb& verb) {
  const TrainOptions options = resolve(verb.training, verb.threads);
  Run run = start(verb, options.seed);
  train_and_save(run, verb, options);
  std::vector<Product> products{{verb.out / "model.bin", run.model, {}},
                                {verb.out / "pruned.bin", run.pruned, {}}};
  if (!run.interrupted)
    for (Product& product : products)
      product.accuracy = classify(product.model, run.dataset.test, verb.threads).accuracy();
  if (verb.json)
    print_json(report_json(run, products));
  else
    print(describe(run, products));
  return run.interrupted ? ExitCode::interrupted : ExitCode::done;
}

}  // namespace

void add_train(CLI::App& app, Action& action) {
  const auto options = std::make_shared<TrainVerb>();
  CLI::App& verb =
      add_verb(app,
               {"train", "Train a network, record how much each weight matters, and prune a copy",
                "train --data cifar10 --epochs 2 --seed 1 --out karnin-run",
                "Leaves in --out: model.bin (weights and sensitivities: all that prune needs),\n"
                "pruned.bin (what prune makes of it by default), train.csv (a line an epoch) and\n"
                "arguments.json (what it ran with)."},
               *options);
  verb.add_option("--data", options->data,
                  "cifar10, fashion-mnist or a directory; otherwise whichever is found first");
  auto* arch =
      verb.add_option("--arch", options->arch, "khanal2018 (the paper's network) or a JSON file");
  verb.add_option("--model", options->model,
                  "Go on from the weights of this file; what is pruned stays pruned")
      ->excludes(arch);
  add_training_options(verb, options->training);
  verb.add_option("--out", options->out, "Directory of the results");
  select(verb, action, options, train);
}

}  // namespace karnin::cli
