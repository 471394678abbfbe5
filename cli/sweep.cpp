// karnin-cpu sweep: one trained model under many prunings.
#include "train/experiments/sweep.h"

#include <fmt/core.h>

#include <filesystem>

#include "cli/model_data.h"
#include "cli/output.h"
#include "cli/pruning.h"
#include "cli/quantity.h"
#include "cli/table.h"
#include "cli/value_list.h"
#include "cli/verb.h"
#include "formats/atomic_file.h"
#include "formats/model_file.h"

namespace karnin::cli {
namespace {

using Json = nlohmann::ordered_json;

struct SweepVerb : VerbOptions {
  std::string model;
  std::string data;
  std::vector<std::string> methods;
  std::string thresholds;
  std::string sparsities = "0.1:0.9:9";
  PruneOptions prune;
  std::filesystem::path out = "karnin-sweep";
};

SweepOptions options_for(const SweepVerb& verb, const Model& model) {
  SweepOptions options;
  for (const std::string& name : verb.methods)
    options.methods.push_back(prune_method_from_string(name));
  if (options.methods.empty()) options.methods = methods_for(model);
  options.are_thresholds = !verb.thresholds.empty();
  options.values = options.are_thresholds ? parse_values("--thresholds", verb.thresholds)
                                          : parse_values("--sparsities", verb.sparsities);
  options.prune = verb.prune;
  if (options.prune.layers.empty()) options.prune.layers = default_layers(model.architecture);
  options.threads = verb.threads;
  return options;
}

Json layer_json(const PruneReport& report) {
  Json layers = Json::array();
  for (const PruneReport::LayerCount& layer : report.layers)
    layers.push_back(
        {{"name", layer.layer}, {"weights", layer.weights}, {"removed", layer.removed}});
  return layers;
}

Json sweep_json(const std::vector<Series>& all, const SweepOptions& options,
                const std::filesystem::path& file) {
  Json rows = Json::array();
  for (const Series& series : all)
    for (std::size_t i = 0; i < series.settings.size(); ++i)
      rows.push_back({{"method", series.name},
                      {options.are_thresholds ? "threshold" : "sparsity", series.settings[i]},
                      {"accuracy", series.outcomes[i].confusion.accuracy()},
                      {"removed", removed(series.outcomes[i].report)},
                      {"layers", layer_json(series.outcomes[i].report)}});
  return {{"file", file.string()}, {"rows", std::move(rows)}};
}

std::string describe(const std::vector<Series>& all, const SweepOptions& options) {
  Table table("lrrrr");
  table.add({"method", options.are_thresholds ? "threshold" : "sparsity", "removed", "share",
             "test accuracy"});
  for (const Series& series : all)
    for (std::size_t i = 0; i < series.settings.size(); ++i) {
      const auto& [report, confusion] = series.outcomes[i];
      std::int64_t weights = 0;
      for (const PruneReport::LayerCount& layer : report.layers) weights += layer.weights;
      const auto share = static_cast<double>(removed(report)) / static_cast<double>(weights);
      table.add({series.name, fmt::format("{:.4g}", series.settings[i]), count(removed(report)),
                 percent(share), percent(confusion.accuracy())});
    }
  return table.str();
}

ExitCode sweep_verb(const SweepVerb& verb) {
  const Model model = read_model(verb.model);
  const Dataset dataset = load_dataset_for(model, verb.data);
  const SweepOptions options = options_for(verb, model);
  require_writable_directory(verb.out);
  const std::vector<Series> all = sweep(model, dataset.test, options);
  const std::filesystem::path file = verb.out / "sweep.csv";
  replace_file(file, sweep_csv(all, options));
  if (verb.json)
    print_json(sweep_json(all, options, file));
  else
    print(fmt::format("{}, {} test images\n{}", title(dataset), count(dataset.test.size()),
                      describe(all, options)));
  return ExitCode::done;
}

void add_pruning_options(CLI::App& verb, PruneOptions& prune) {
  add_choice(verb, "--normalise", prune.normalisation, normalisation_from_string,
             to_string(prune.normalisation), "minmax|rank|log", "How scores are mapped to [0, 1]");
  add_choice(verb, "--sign", prune.sign, sign_rule_from_string, to_string(prune.sign),
             "keep|absolute|clamp", "What becomes of a negative sensitivity first");
  add_choice(verb, "--scope", prune.scope, scope_from_string, to_string(prune.scope),
             "layer|global", "Normalise and choose in each layer, or over all of them");
  verb.add_option("--layers", prune.layers,
                  "Layers to prune; otherwise every fully connected one but the last")
      ->delimiter(',')
      ->type_name("fc1,fc2,...");
  verb.add_option("--seed", prune.seed, "Seed of the method random")->check(CLI::NonNegativeNumber);
}

}  // namespace

void add_sweep(CLI::App& app, Action& action) {
  const auto options = std::make_shared<SweepVerb>();
  options->prune.layers.clear();
  CLI::App& verb = add_verb(
      app,
      {"sweep", "Prune a model in many ways, and say how accurate each leaves it",
       "sweep --model karnin-run/model.bin --methods karnin,magnitude --sparsities 0.5,0.7,0.9",
       "Values are a list (0.5,0.7) or FROM:TO:COUNT, equally spaced. The layers in front of the\n"
       "first pruned one see the test images once. Leaves sweep.csv in --out."},
      *options);
  verb.add_option("--model", options->model, "The file that train wrote")->required();
  verb.add_option("--data", options->data,
                  "cifar10, fashion-mnist or a directory; otherwise what it was trained on");
  verb.add_option("--methods", options->methods, "Methods of prune; otherwise all that it can")
      ->delimiter(',')
      ->type_name("karnin,...");
  auto* thresholds = verb.add_option("--thresholds", options->thresholds,
                                     "Remove what scores below these, each in [0, 1]");
  verb.add_option("--sparsities", options->sparsities, "Remove these shares, each in [0, 1]")
      ->excludes(thresholds);
  add_pruning_options(verb, options->prune);
  verb.add_option("--out", options->out, "Directory of the results");
  select(verb, action, options, sweep_verb);
}

}  // namespace karnin::cli
