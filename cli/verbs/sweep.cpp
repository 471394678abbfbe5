// karnin-cpu sweep: one trained model under many prunings.
#include "train/experiments/sweep.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "cli/console/console.h"
#include "cli/console/output.h"
#include "cli/options/name_list.h"
#include "cli/options/pruning_options.h"
#include "cli/options/result_options.h"
#include "cli/options/training_options.h"
#include "cli/options/value_list.h"
#include "cli/options/verb.h"
#include "cli/verbs/model_data.h"
#include "cli/verbs/sweep_report.h"
#include "cli/verbs/verbs.h"
#include "formats/exchange/any_model.h"
#include "formats/report/gnuplot.h"
#include "train/experiments/recorded_sweep.h"
#include "train/session/default_pruning.h"

namespace karnin::cli {
namespace {

constexpr const char* kDefaultSparsities = "0.1:0.9:9";

struct SweepVerb : VerbOptions, ResultOptions {
  std::vector<std::string> models;
  DataOptions data;
  std::vector<std::string> methods;  ///< empty: all that the models have scores for
  std::vector<double> thresholds;    ///< empty: sparsities
  std::vector<double> sparsities = parse_values("--sparsities", kDefaultSparsities);
  PruneOptions prune;
  TrainingOptions tuning;
  std::int64_t score_images = 1000;
  bool plot = false;
  bool resume = false;
};

std::vector<PruneMethod> methods_named(const std::vector<std::string>& names) {
  std::vector<PruneMethod> methods;
  for (const std::string& name : names) methods.push_back(prune_method_from_string(name));
  return methods;
}

/// Those that were asked for, or all that every model has scores for.
std::vector<PruneMethod> methods_of(const SweepVerb& verb, const Model& model) {
  return verb.methods.empty() ? methods_for(model) : methods_named(verb.methods);
}

SweepOptions options_for(const SweepVerb& verb, const Model& model) {
  SweepOptions options;
  options.methods = methods_of(verb, model);
  options.are_thresholds = !verb.thresholds.empty();
  options.values = options.are_thresholds ? verb.thresholds : verb.sparsities;
  options.prune = verb.prune;
  options.prune.seed = verb.tuning.train.seed;
  if (options.prune.layers.empty()) options.prune.layers = default_layers(model.graph);
  options.threads = verb.threads;
  return options;
}

bool trains_or_differentiates(const SweepVerb& verb, const Model& model) {
  return verb.tuning.train.epochs > 0 ||
         std::ranges::any_of(methods_of(verb, model), needs_gradients);
}

/// Says how much is there already.
void tell_start(const SweepVerb& verb, const SweepRecord& record, bool restored) {
  if (restored)
    tell(fmt::format("resuming: {} of {} points are there\n", record.found(), record.points()));
  else if (verb.resume)
    tell(fmt::format("there is no {}: starting at the beginning\n", record.state_file().string()));
}

Results results_of(const SweepVerb& verb, bool resumed) {
  Results results{{verb.out / "sweep.csv"}, verb.out / "sweep.json", resumed};
  if (verb.plot) results.files.push_back(verb.out / "sweep.png");
  return results;
}

/// The lowest sparsity of a sweep, which may be less than the models have.
PruneOptions least_pruning(const SweepOptions& options) {
  return pruning_at(options, std::ranges::min(options.values));
}

ExitCode sweep_verb(const SweepVerb& verb) {
  if (verb.plot) require_gnuplot();  // before the work, not after it
  std::error_code error;
  const bool resumed = verb.resume && std::filesystem::exists(results_of(verb, false).state, error);
  require_replaceable_directory(verb, results_of(verb, resumed));
  std::vector<Model> models;
  for (const std::string& file : verb.models) models.push_back(read_any_model(file));
  const Dataset dataset = load_dataset_for(models.front(), verb.data);
  for (const Model& model : models) require_fit(model, dataset);
  require_test_images(dataset);
  if (trains_or_differentiates(verb, models.front())) require_training_images(dataset);
  Console console;
  const Watcher& watcher = console.watcher();
  const SweepOptions options = options_for(verb, models.front());
  for (const Model& model : models) tell_pruned_beyond(model, least_pruning(options), watcher);
  const SweepMeans means{resolve(verb.tuning, verb.threads), verb.score_images};
  OutputFiles files(watcher);
  SweepRecord record(verb.out, sweep_identity(models, dataset, options, means), verb.models,
                     options, files);
  files = take_directory(verb, results_of(verb, resumed), watcher);
  tell_start(verb, record, verb.resume && record.restore(watcher));
  console.catch_signals();  // until all is written
  sweep_all(models, dataset, options, means, record, watcher);
  console.clear();
  const bool interrupted = record.found() < record.points();
  if (verb.plot && !interrupted)
    files.write(verb.out / "sweep.png", plot_png(sweep_plot(record.sweeps(), options)));
  if (verb.json)
    print_json(sweep_json(record, options));
  else
    print(sweep_text(dataset, record, options));
  return exit_code_of(interrupted, files.in_place());
}

/// Where no method is named, recorded sensitivities are among them, and random scores.
Pruned pruned_by(const SweepVerb& options) {
  return {[&options] {
            return options.methods.empty() ? std::vector{PruneMethod::karnin, PruneMethod::random}
                                           : methods_named(options.methods);
          },
          [&options] { return !options.thresholds.empty(); }};
}

void add_axis_options(Verb& verb, SweepVerb& options) {
  add_names(verb, "--methods", options.methods, "Methods of prune; otherwise all that it can")
      ->type_name("karnin,...");
  const auto add_values = [&verb](const std::string& flag, std::vector<double>& values,
                                  const std::string& help) {
    return verb.add_option_function<std::string>(
        flag, [flag, &values](const std::string& text) { values = parse_values(flag, text); },
        help);
  };
  auto* thresholds = add_values("--thresholds", options.thresholds,
                                "Remove what scores below these, each in [0, 1]");
  add_values("--sparsities", options.sparsities, "Remove these shares, each in [0, 1]")
      ->default_str(kDefaultSparsities)
      ->excludes(thresholds);
}

}  // namespace

void add_sweep(CLI::App& app, Action& action) {
  const auto options = std::make_shared<SweepVerb>();
  options->prune.layers.clear();
  Verb& verb = add_verb(
      app,
      {"sweep", "Prune a model in many ways, and say how accurate each leaves it",
       "sweep --model karnin-run/model.bin --methods karnin,magnitude --sparsities 0.5,0.7,0.9",
       "Values are a list (0.5,0.7) or FROM:TO:COUNT, equally spaced. The layers in front of the\n"
       "first pruned one see the test images once, unless --fine-tune trains every pruned network\n"
       "on. Several models, of several seeds, give means. Leaves sweep.csv in --out, and "
       "sweep.json:\n"
       "what every point found, from which the same command with --resume goes on after SIGINT,\n"
       "SIGTERM or kill -9. It ends in the same sweep.csv, to the byte."},
      *options);
  add_names(verb, "--model", options->models, "Files that train wrote, one or several")
      ->type_name("FILE,...")
      ->required();
  add_data_options(verb, options->data,
                   "cifar10, fashion-mnist or a directory; otherwise what it was trained on");
  add_axis_options(verb, *options);
  const Pruned pruned = pruned_by(*options);
  add_normalise_option(verb, options->prune, "--thresholds", pruned);
  add_choice_options(verb, options->prune, pruned);
  options->tuning.train.epochs = 0;
  const auto of_training = add_training_options(verb, options->tuning, "--fine-tune");
  verb.matter_if(of_training, "--fine-tune EPOCHS",
                 [options] { return options->tuning.train.epochs > 0; });
  say_when_seed_matters(verb, pruned, "--fine-tune",
                        [options] { return options->tuning.train.epochs > 0; });
  add_score_image_option(verb, options->score_images, pruned);
  verb.add_flag("--plot", options->plot, "Leave sweep.png too (needs gnuplot)");
  add_result_options(verb, *options, "karnin-sweep", "Directory of the results");
  verb.add_flag("--resume", options->resume,
                "Go on from the points that are in --out, with otherwise the same arguments "
                "(--threads may differ); without any, start at the beginning")
      ->excludes("--overwrite");
  select(verb, action, options, sweep_verb);
}

}  // namespace karnin::cli
