#include "cli/training_pruning.h"

#include <fmt/core.h>

#include "cli/pruning.h"
#include "cli/verb.h"
#include "runtime/core/error.h"

namespace karnin::cli {
namespace {

void add_growth_options(CLI::App& verb, TrainingPruning& pruning, CLI::Option* sparsity) {
  add_choice(verb, "--regrow", pruning.growth, growth_from_string, to_string(pruning.growth),
             "none|gradient|feedback",
             "Whether pruned weights come back: where the gradient is largest, or when they, "
             "trained on out of sight, outgrow others")
      ->needs(sparsity);
  verb.add_option("--regrow-share", pruning.growth_share,
                  "gradient: share of the kept weights that is exchanged at first")
      ->needs(sparsity);
}

void add_pace_options(CLI::App& verb, TrainingPruning& pruning, CLI::Option* sparsity) {
  PruningScheduleOptions& schedule = pruning.schedule;
  add_choice(verb, "--pace", schedule.pace, pruning_pace_from_string, to_string(schedule.pace),
             "at-once|gradual|rounds", "How fast the sparsity is reached")
      ->needs(sparsity);
  verb.add_option("--prune-begin", schedule.begin, "Share of the run after which pruning begins")
      ->needs(sparsity);
  verb.add_option("--prune-end", schedule.end,
                  "Share of the run after which masks stay; not for rounds")
      ->needs(sparsity);
  verb.add_option("--rounds", schedule.rounds, "rounds: how many")->needs(sparsity);
  verb.add_option_function<std::int64_t>(
          "--rewind", [&pruning](std::int64_t epoch) { pruning.rewind_to = epoch; },
          "rounds: epoch to whose weights those that are left return after each pruning; 0: the "
          "first ones. With R rounds, --prune-begin 1/(R+1) --schedule one-cycle --cycles R+1 "
          "restart the rate with them")
      ->check(CLI::Range(0, 1'000'000))
      ->needs(sparsity);
  verb.add_option("--prunings-per-epoch", schedule.events_per_epoch,
                  "How often weights are chosen; not for rounds")
      ->needs(sparsity);
}

}  // namespace

void add_training_pruning_options(CLI::App& verb, TrainingPruningOptions& options) {
  TrainingPruning& pruning = options.pruning;
  pruning.choice.method = PruneMethod::magnitude;
  pruning.choice.layers.clear();
  auto* sparsity = verb.add_option_function<double>(
      "--sparsity", [&pruning](double value) { pruning.choice.sparsity = value; },
      "Prune while training, until this share of the weights is gone");
  auto* drop = verb.add_option_function<double>(
      "--max-accuracy-drop", [&options](double value) { options.max_accuracy_drop = value; },
      "Prune while training, as long as the accuracy on the images held out stays within so many "
      "points of the best, then end; --epochs at most");
  drop->check(CLI::Range(0.0, 100.0))
      ->excludes(sparsity)
      ->excludes(verb.get_option("--early-stop"))
      ->needs(verb.get_option("--validation"));
  verb.add_option("--cooldown", options.search.cooldown,
                  "Epochs at the end of such a run in which the rate falls to 0")
      ->check(CLI::Range(1, 1'000'000))
      ->needs(drop);
  add_score_options(verb, pruning.choice)
      .front()
      ->description(
          "What a weight is worth; taylor and fisher are for prune alone, and "
          "--max-accuracy-drop takes magnitude, lamp or random");
  add_pace_options(verb, pruning, sparsity);
  add_growth_options(verb, pruning, sparsity);
}

std::optional<TrainingPruning> resolve(const TrainingPruningOptions& options,
                                       const Architecture& architecture) {
  if (!options.asked_for()) return std::nullopt;
  TrainingPruning pruning = options.pruning;
  if (options.max_accuracy_drop) {
    // After a return to an earlier network the sums of the steps since are of another path.
    if (!needs_weights_alone(pruning.choice.method))
      throw ArgumentError(
          fmt::format("--max-accuracy-drop: expected --method magnitude, lamp or random, got {}",
                      to_string(pruning.choice.method)));
    pruning.choice.sparsity = 0;  // beyond what is pruned already nothing goes by schedule
    pruning.schedule = {.pace = PruningPace::at_once, .begin = 0, .end = 0};
  }
  if (pruning.choice.layers.empty()) pruning.choice.layers = default_layers(architecture);
  return pruning;
}

std::optional<PruningSearchOptions> search_of(const TrainingPruningOptions& options) {
  if (!options.max_accuracy_drop) return std::nullopt;
  PruningSearchOptions search = options.search;
  search.max_drop = *options.max_accuracy_drop / 100;
  return search;
}

nlohmann::ordered_json to_json(const PruningSearchOptions& search) {
  return {{"max_accuracy_drop", 100 * search.max_drop}, {"cooldown", search.cooldown}};
}

nlohmann::ordered_json to_json(const TrainingPruning& pruning) {
  const PruningScheduleOptions& schedule = pruning.schedule;
  nlohmann::ordered_json json = to_json(pruning.choice);
  json["pace"] = to_string(schedule.pace);
  json["begin"] = schedule.begin;
  if (schedule.pace == PruningPace::rounds) {
    json["rounds"] = schedule.rounds;
    if (pruning.rewind_to) json["rewind"] = *pruning.rewind_to;
  } else {
    json["end"] = schedule.end;
    json["prunings_per_epoch"] = schedule.events_per_epoch;
  }
  json["regrow"] = to_string(pruning.growth);
  if (pruning.growth == Growth::gradient) json["regrow_share"] = pruning.growth_share;
  return json;
}

}  // namespace karnin::cli
