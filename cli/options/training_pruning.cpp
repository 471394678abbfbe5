#include "cli/options/training_pruning.h"

#include <fmt/core.h>

#include <limits>

#include "cli/options/number_option.h"
#include "cli/options/pruning_options.h"
#include "runtime/core/error.h"
#include "train/masks/default_layers.h"

namespace karnin::cli {
namespace {

void add_growth_options(Verb& verb, TrainingPruning& pruning, CLI::Option* sparsity) {
  add_choice(verb, "--regrow", pruning.growth, growth_from_string, to_string(pruning.growth),
             "none|gradient|feedback",
             "Whether pruned weights come back: where the gradient is largest, or when they, "
             "trained on out of sight, outgrow others")
      ->needs(sparsity);
  add_number(verb, "--regrow-share", pruning.growth_share, kShare,
             "gradient: share of the kept weights that is exchanged at first")
      ->needs(sparsity);
}

void add_pace_options(Verb& verb, TrainingPruning& pruning, CLI::Option* sparsity) {
  PruningScheduleOptions& schedule = pruning.schedule;
  add_choice(verb, "--pace", schedule.pace, pruning_pace_from_string, to_string(schedule.pace),
             "at-once|gradual|rounds", "How fast the sparsity is reached")
      ->needs(sparsity);
  add_number(verb, "--prune-begin", schedule.begin, kShare,
             "Share of the run after which pruning begins")
      ->needs(sparsity);
  add_number(verb, "--prune-end", schedule.end, kShare,
             "Share of the run after which masks stay; not for rounds")
      ->needs(sparsity);
  add_number(verb, "--rounds", schedule.rounds, {1, 1000}, "rounds: how many")->needs(sparsity);
  add_number(verb, "--rewind", pruning.rewind_to, {0, 1'000'000},
             "rounds: epoch to whose weights those that are left return after each pruning; 0: the "
             "first ones. With R rounds, --prune-begin 1/(R+1) --schedule one-cycle --cycles R+1 "
             "restart the rate with them")
      ->needs(sparsity);
  add_number(verb, "--prunings-per-epoch", schedule.events_per_epoch,
             {1, std::numeric_limits<std::int64_t>::max()},
             "How often weights are chosen; not for rounds")
      ->needs(sparsity);
}

void say_what_pruning_needs(Verb& verb, const TrainingPruning& pruning) {
  const auto paced = [&](PruningPace pace) {
    return pruning.schedule.pace == pace || verb.was_given("--pace", to_string(pace));
  };
  verb.matter_if({"--rounds", "--rewind"}, "--pace rounds",
                 [=] { return paced(PruningPace::rounds); });
  // What is pruned at once stays as it is, unless weights come back; but an early stop waits for
  // the end.
  const auto goes_on = [=, &pruning] {
    return paced(PruningPace::gradual) ||
           (paced(PruningPace::at_once) && pruning.growth != Growth::none);
  };
  verb.matter_if({"--prunings-per-epoch"}, "--pace gradual, or --pace at-once and --regrow",
                 goes_on);
  verb.matter_if({"--prune-end"}, "--pace gradual, or --pace at-once and --regrow or --early-stop",
                 [=, &verb] {
                   return goes_on() ||
                          (paced(PruningPace::at_once) && verb.count("--early-stop") > 0);
                 });
  verb.matter_if({"--regrow-share"}, "--regrow gradient", [&] {
    return pruning.growth == Growth::gradient || verb.was_given("--regrow", "gradient");
  });
}

}  // namespace

void add_training_pruning_options(Verb& verb, TrainingPruningOptions& options) {
  TrainingPruning& pruning = options.pruning;
  pruning.choice.method = PruneMethod::magnitude;
  pruning.choice.layers.clear();
  auto* sparsity = add_number(verb, "--sparsity", options.sparsity, kShare,
                              "Prune while training, until this share of the weights is gone");
  auto* drop = add_number(verb, "--max-accuracy-drop", options.max_accuracy_drop, {0, 100},
                          "Prune while training, as long as the accuracy on the images held out "
                          "stays within so many points of the best, then end; --epochs at most");
  drop->excludes(sparsity)
      ->excludes(verb.get_option("--early-stop"))
      ->needs(verb.get_option("--validation"));
  add_number(verb, "--cooldown", options.search.cooldown, {1, 1'000'000},
             "Epochs at the end of such a run in which the rate falls to 0")
      ->needs(drop);
  add_method_option(verb, pruning.choice)
      ->description(
          "What a weight is worth; taylor, fisher, obs and obd are for prune alone, and "
          "--max-accuracy-drop takes magnitude, lamp or random");
  add_choice_options(verb, pruning.choice,
                     {[&pruning] { return std::vector{pruning.choice.method}; }});
  verb.matter_if({"--method", "--sign", "--scope", "--layers"}, "--sparsity or --max-accuracy-drop",
                 [&options] { return options.asked_for(); });
  add_pace_options(verb, pruning, sparsity);
  add_growth_options(verb, pruning, sparsity);
  say_what_pruning_needs(verb, pruning);
}

std::optional<TrainingPruning> resolve(const TrainingPruningOptions& options, const Graph& graph) {
  if (!options.asked_for()) return std::nullopt;
  TrainingPruning pruning = options.pruning;
  // Beyond what is pruned already nothing goes by schedule where the accuracy decides.
  pruning.choice.until = Sparsity{options.sparsity.value_or(0)};
  if (options.max_accuracy_drop) {
    // After a return to an earlier network the sums of the steps since are of another path.
    if (!needs_weights_alone(pruning.choice.method))
      throw ArgumentError(
          fmt::format("--max-accuracy-drop: expected --method magnitude, lamp or random, got {}",
                      to_string(pruning.choice.method)));
    pruning.schedule = {.pace = PruningPace::at_once, .begin = 0, .end = 0};
  }
  if (pruning.choice.layers.empty()) pruning.choice.layers = default_layers(graph);
  return pruning;
}

std::optional<PruningSearchOptions> search_of(const TrainingPruningOptions& options) {
  if (!options.max_accuracy_drop) return std::nullopt;
  PruningSearchOptions search = options.search;
  search.max_drop = *options.max_accuracy_drop / 100;
  return search;
}

}  // namespace karnin::cli
