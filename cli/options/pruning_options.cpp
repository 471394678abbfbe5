#include "cli/options/pruning_options.h"

#include <algorithm>
#include <utility>

#include "cli/options/name_list.h"
#include "cli/options/number_option.h"
#include "train/masks/pruning_note.h"

namespace karnin::cli {
namespace {

/// Random scores are uniform already.
bool is_normalised(PruneMethod method) { return method != PruneMethod::random; }

}  // namespace

CLI::Option* add_method_option(Verb& verb, PruneOptions& options) {
  return add_choice(
      verb, "--method", options.method, prune_method_from_string, to_string(options.method),
      "karnin|karnin-sgd|karnin-epoch|karnin-gradient-epoch|khanal-pseudocode|"
      "synaptic-intelligence|movement|change|taylor|fisher|obs|obd|magnitude|lamp|random",
      "What a weight is worth");
}

void add_choice_options(Verb& verb, PruneOptions& options, const Pruned& pruned) {
  add_choice(verb, "--sign", options.sign, sign_rule_from_string, to_string(options.sign),
             "keep|absolute|clamp", "What becomes of a negative sensitivity first");
  verb.matter_if({"--sign"}, "a --method whose scores can be negative",
                 [pruned] { return std::ranges::any_of(pruned.by(), may_be_negative); });
  add_choice(verb, "--scope", options.scope, scope_from_string, to_string(options.scope),
             "layer|global", "Normalise and choose in each layer, or over all of them");
  verb.matter_if({"--scope"}, "a sparsity or a --method other than random", [pruned] {
    return !pruned.by_threshold() || std::ranges::any_of(pruned.by(), is_normalised);
  });
  add_names(verb, "--layers", options.layers,
            "Layers to prune; otherwise every fully connected one but the last")
      ->type_name("fc1,fc2,...");
}

void add_normalise_option(Verb& verb, PruneOptions& options, const std::string& threshold,
                          const Pruned& pruned) {
  add_choice(verb, "--normalise", options.normalisation, normalisation_from_string,
             to_string(options.normalisation), "minmax|rank|log",
             "How scores are mapped to [0, 1], where a threshold cuts them");
  verb.matter_if({"--normalise"}, threshold, pruned.by_threshold);
  verb.matter_if({"--normalise"}, "a --method other than random",
                 [pruned] { return std::ranges::any_of(pruned.by(), is_normalised); });
}

void say_when_seed_matters(Verb& verb, const Pruned& pruned, const std::string& named,
                           std::function<bool()> otherwise) {
  const auto by_chance = [](PruneMethod method) {
    return method == PruneMethod::random || needs_gradients(method) || needs_inputs(method);
  };
  verb.matter_if({"--seed"}, named + " or method random, taylor, fisher, obs or obd",
                 [pruned, by_chance, otherwise = std::move(otherwise)] {
                   return otherwise() || std::ranges::any_of(pruned.by(), by_chance);
                 });
}

void add_score_image_option(Verb& verb, std::int64_t& images, const Pruned& pruned) {
  add_number(verb, "--score-images", images, {1, 1'000'000'000},
             "Training images, drawn at random, whose gradients taylor and fisher look at");
  verb.matter_if({"--score-images"}, "method taylor or fisher",
                 [pruned] { return std::ranges::any_of(pruned.by(), needs_gradients); });
}

}  // namespace karnin::cli
