// karnin-cpu reproduce: the whole paper, and what it leaves out, in one directory.
#include <fmt/core.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/console/console.h"
#include "cli/console/machine.h"
#include "cli/console/output.h"
#include "cli/options/number_option.h"
#include "cli/options/result_options.h"
#include "cli/options/verb.h"
#include "cli/verbs/model_data.h"
#include "cli/verbs/verbs.h"
#include "formats/report/gnuplot.h"
#include "formats/report/quantity.h"
#include "runtime/core/cpu_isa.h"
#include "runtime/core/error.h"
#include "train/experiments/figures.h"
#include "train/experiments/report.h"
#include "train/experiments/result_files.h"
#include "train/experiments/verdict.h"
#include "train/session/dataset_title.h"
#include "train/session/finished_run.h"
#include "train/session/identity.h"

namespace karnin::cli {
namespace {

using Json = nlohmann::ordered_json;

struct ReproduceVerb : VerbOptions, ResultOptions {
  std::string data;
  std::int64_t seeds = 5;
  bool paper_only = false;
};

std::string seeds_text(std::int64_t seeds) {
  return fmt::format("{} seed{}", seeds, seeds == 1 ? "" : "s");
}

std::filesystem::path png(const ReproduceVerb& verb, const Figure& figure) {
  return verb.out / fmt::format("{}.png", figure.name);
}

void write_results(const Reproduction& results, const Dataset& dataset, const ReproduceVerb& verb,
                   OutputFiles& files) {
  for (const ResultFile& file : result_files())
    files.write(verb.out / file.name, file.text(results, dataset));
  for (const Figure& figure : figures())
    if (!figure.needs_dropout || !results.dropout.empty())
      files.write(png(verb, figure), plot_png(figure.draw(results)));
  ReportContext context{.data = title(dataset),
                        .machine = machine_name(verb.threads),
                        .version = KARNIN_VERSION,
                        .command = fmt::format("karnin-cpu reproduce --data {} --seeds {}{}",
                                               verb.data.empty() ? dataset.name : verb.data,
                                               verb.seeds, verb.paper_only ? " --paper-only" : ""),
                        .peak_mib = peak_memory_mib()};
  files.write(verb.out / "report.html", report_html(results, dataset, context));
}

/// One seed has no standard deviation.
Json spread_json(const Spread& spread) {
  return {{"mean", spread.mean}, {"sd", spread.count < 2 ? Json() : Json(spread.sd)}};
}

Json reproduction_json(const Reproduction& results, const std::filesystem::path& report_file) {
  Json json{{"interrupted", results.interrupted},
            {"seconds", results.paper_seconds + results.variant_seconds},
            {"paper_seconds", results.paper_seconds},
            {"peak_memory_mib", peak_memory_mib()}};
  if (results.interrupted) return json;
  json["report"] = report_file.string();
  json["seeds"] = Json::array();
  for (const Measurements& m : results.paper) {
    const auto& [report, confusion] = at_first_threshold(m, "karnin-sgd");
    json["seeds"].push_back({{"seed", m.seed},
                             {"accuracy", m.base.accuracy()},
                             {"pruned_accuracy", confusion.accuracy()},
                             {"removed", removed(report)}});
  }
  json["best"] = Json::array();
  for (const Contest& contest : contests(results.paper))
    json["best"].push_back({{"sparsity", contest.sparsity},
                            {"method", tied(contest) ? Json() : Json(contest.ranking[0].method)},
                            {"accuracy_percent", spread_json(contest.ranking[0].accuracy)}});
  return json;
}

std::string describe(const Reproduction& results, const std::filesystem::path& report_file) {
  if (results.interrupted)
    return fmt::format(
        "interrupted: networks that are done stay in {}, and the same command goes "
        "on from them\n",
        report_file.parent_path().string());
  std::string text;
  for (const Measurements& m : results.paper) {
    const auto& [report, confusion] = at_first_threshold(m, "karnin-sgd");
    text += fmt::format("seed {}: {}; at threshold 0.45 {} removed, {}\n", m.seed,
                        percent(m.base.accuracy()), count(removed(report)),
                        percent(confusion.accuracy()));
  }
  return text + fmt::format("{:.1f} s, {:.0f} MiB: {}\n",
                            results.paper_seconds + results.variant_seconds, peak_memory_mib(),
                            report_file.string());
}

Reproduction reproduce_watched(const ReproduceVerb& verb, const Dataset& dataset,
                               const Watcher& watcher) {
  return reproduce(dataset,
                   {.seeds = verb.seeds,
                    .threads = verb.threads,
                    .networks = verb.out / "networks",
                    .variants = !verb.paper_only},
                   watcher);
}

/// What a command must have in common with the one whose results it goes on with.
Json identity(const ReproduceVerb& verb, const Dataset& dataset) {
  return {{"program", fmt::format("karnin-cpu {} for {}", KARNIN_VERSION, to_string(active_isa()))},
          {"training_images_sha256", images_sha256(dataset.train)},
          {"test_images_sha256", images_sha256(dataset.test)},
          {"seeds", verb.seeds},
          {"paper_only", verb.paper_only}};
}

/// All that this verb writes. Where arguments.json says whose they are, they may be its own.
Results results_of(const ReproduceVerb& verb) {
  Results results{{verb.out / "report.html"}, {}, false};
  for (const ResultFile& file : result_files()) results.files.push_back(verb.out / file.name);
  for (const Figure& figure : figures()) results.files.push_back(png(verb, figure));
  results.files.push_back(verb.out / kArgumentsFile);
  results.resumed = !saved_arguments(verb.out).empty();
  if (results.resumed) return results;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(verb.out / "networks", error))
    results.files.push_back(entry.path());
  return results;
}

/// Notes whose results these are, unless others' are there.
void claim(const ReproduceVerb& verb, const Dataset& dataset, OutputFiles& files,
           const Watcher& watcher) {
  const Json run = identity(verb, dataset), there = saved_arguments(verb.out);
  if (!verb.overwrite && !there.empty()) {
    const std::string other = differences(there.value("run", Json()).dump(), run, watcher);
    if (!other.empty())
      throw ArgumentError(
          fmt::format("'{}' holds the results of another run: {}: expected "
                      "--overwrite, to replace them, or another --out",
                      verb.out.string(), other));
  }
  files.write(verb.out / kArgumentsFile, Json{{"verb", "reproduce"}, {"run", run}}.dump(2) + "\n");
}

/// Its report shows some of them.
void require_paper_images(const Dataset& dataset) {
  require_training_images(dataset);
  require_test_images(dataset);
  if (dataset.test.holds_floats())
    throw ArgumentError(
        fmt::format("the data set '{}' holds floats: expected pixels of images", dataset.name));
}

ExitCode reproduce_verb(const ReproduceVerb& verb) {
  require_gnuplot();  // before the work, not after it
  require_replaceable_directory(verb, results_of(verb));
  const Dataset dataset = find_dataset({verb.data, {}});
  require_paper_images(dataset);
  Console console;
  OutputFiles files = take_directory(verb, results_of(verb), console.watcher());
  claim(verb, dataset, files, console.watcher());
  console.catch_signals();
  tell(fmt::format("reproducing on {}: {} training images, {}\n", title(dataset),
                   count(dataset.train.size()), seeds_text(verb.seeds)));
  const Reproduction results = reproduce_watched(verb, dataset, console.watcher());
  console.clear();
  if (!results.interrupted) write_results(results, dataset, verb, files);
  const std::filesystem::path report = files.place_of(verb.out / "report.html");
  if (verb.json)
    print_json(reproduction_json(results, report));
  else
    print(describe(results, report));
  return exit_code_of(results.interrupted, files.in_place());
}

}  // namespace

void add_reproduce(CLI::App& app, Action& action) {
  const auto options = std::make_shared<ReproduceVerb>();
  Verb& verb = add_verb(
      app,
      {"reproduce", "Repeat the paper with several seeds, and write a report",
       "reproduce --data cifar10 --seeds 5 --out karnin-paper",
       "Leaves in --out: report.html, which needs no other file; every table and figure as CSV;\n"
       "the plots as PNG; and the trained networks, from which the same command goes on if it\n"
       "is interrupted or repeated.\n"
       "Needs gnuplot (apt-get install gnuplot-nox)."},
      *options);
  verb.add_option("--data", options->data,
                  "cifar10, fashion-mnist or a directory; otherwise whichever is found first");
  add_number(verb, "--seeds", options->seeds, {1, 1000}, "Networks of each kind: seeds 1, 2, ...");
  verb.add_flag("--paper-only", options->paper_only,
                "Leave out dropout and the other readings: as many trainings again, and four");
  add_result_options(verb, *options, "karnin-paper", "Directory of the results");
  select(verb, action, options, reproduce_verb);
}

}  // namespace karnin::cli
