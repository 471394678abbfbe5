#include "cli/training_pruning.h"

#include "cli/pruning.h"
#include "cli/verb.h"

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

void add_pace_options(CLI::App& verb, PruningScheduleOptions& schedule, CLI::Option* sparsity) {
  add_choice(verb, "--pace", schedule.pace, pruning_pace_from_string, to_string(schedule.pace),
             "at-once|gradual|rounds", "How fast the sparsity is reached")
      ->needs(sparsity);
  verb.add_option("--prune-begin", schedule.begin, "Share of the run after which pruning begins")
      ->needs(sparsity);
  verb.add_option("--prune-end", schedule.end, "Share of the run after which masks stay")
      ->needs(sparsity);
  verb.add_option("--rounds", schedule.rounds, "rounds: how many")->needs(sparsity);
  verb.add_option("--prunings-per-epoch", schedule.events_per_epoch, "How often weights are chosen")
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
  for (CLI::Option* option : add_score_options(verb, pruning.choice)) option->needs(sparsity);
  add_pace_options(verb, pruning.schedule, sparsity);
  add_growth_options(verb, pruning, sparsity);
}

std::optional<TrainingPruning> resolve(const TrainingPruningOptions& options,
                                       const Architecture& architecture) {
  if (!options.pruning.choice.sparsity) return std::nullopt;
  TrainingPruning pruning = options.pruning;
  if (pruning.choice.layers.empty()) pruning.choice.layers = default_layers(architecture);
  return pruning;
}

nlohmann::ordered_json to_json(const TrainingPruning& pruning) {
  const PruningScheduleOptions& schedule = pruning.schedule;
  nlohmann::ordered_json json = to_json(pruning.choice);
  json["pace"] = to_string(schedule.pace);
  if (schedule.pace == PruningPace::rounds) {
    json["rounds"] = schedule.rounds;
  } else {
    json["begin"] = schedule.begin;
    json["end"] = schedule.end;
    json["prunings_per_epoch"] = schedule.events_per_epoch;
  }
  json["regrow"] = to_string(pruning.growth);
  if (pruning.growth == Growth::gradient) json["regrow_share"] = pruning.growth_share;
  return json;
}

}  // namespace karnin::cli
