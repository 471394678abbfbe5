#include "cli/pruning.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "cli/name_list.h"
#include "cli/number_option.h"
#include "cli/output.h"
#include "cli/provenance.h"
#include "cli/quantity.h"
#include "runtime/core/error.h"

namespace karnin::cli {
namespace {

/// Random scores are uniform already.
bool is_normalised(PruneMethod method) { return method != PruneMethod::random; }

}  // namespace

std::vector<std::string> default_layers(const Graph& graph) {
  std::vector<std::string> layers;
  for (const Node& node : graph.nodes)
    if (std::holds_alternative<FullyConnected>(node.op)) layers.push_back(node.name);
  if (layers.size() > 1) layers.pop_back();
  if (!layers.empty()) return layers;
  for (const Node& node : graph.nodes)
    if (std::holds_alternative<Conv2d>(node.op)) layers.push_back(node.name);
  return layers;
}

PruneOptions default_pruning(const Graph& graph) {
  PruneOptions options;
  options.until = Sparsity{kDefaultSparsity};
  options.layers = default_layers(graph);
  return options;
}

std::string_view to_string(Scope scope) { return scope == Scope::layer ? "layer" : "global"; }

Scope scope_from_string(std::string_view name) {
  for (const Scope scope : {Scope::layer, Scope::global})
    if (name == to_string(scope)) return scope;
  throw ArgumentError("unknown scope '" + std::string(name) + "': expected layer or global");
}

CLI::Option* add_method_option(Verb& verb, PruneOptions& options) {
  return add_choice(verb, "--method", options.method, prune_method_from_string,
                    to_string(options.method),
                    "karnin|karnin-sgd|karnin-epoch|karnin-gradient-epoch|khanal-pseudocode|"
                    "synaptic-intelligence|movement|change|taylor|fisher|magnitude|lamp|random",
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
    return method == PruneMethod::random || needs_gradients(method);
  };
  verb.matter_if({"--seed"}, named + " or method random, taylor or fisher",
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

nlohmann::ordered_json to_json(const PruneOptions& options) {
  nlohmann::ordered_json json{{"method", to_string(options.method)},
                              {"normalise", to_string(options.normalisation)},
                              {"sign", to_string(options.sign)},
                              {"scope", to_string(options.scope)}};
  if (const auto* threshold = std::get_if<Threshold>(&options.until))
    json["threshold"] = threshold->score;
  else
    json["sparsity"] = std::get<Sparsity>(options.until).share;
  json["layers"] = options.layers;
  if (options.method == PruneMethod::random) json["seed"] = options.seed;
  return json;
}

void tell_pruned_beyond(const Model& model, const PruneOptions& options) {
  for (const PruneReport::LayerCount& group : pruned_beyond(model, options))
    tell(fmt::format(
        "{}: {} of {} weights are pruned already, more than the {} asked for: they "
        "stay pruned\n",
        group.layer, count(group.pruned), count(group.weights), percent(*sparsity_of(options))));
}

nlohmann::ordered_json to_json(const std::vector<PruneReport::LayerCount>& layers) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const PruneReport::LayerCount& layer : layers)
    json.push_back({{"name", layer.layer},
                    {"weights", layer.weights},
                    {"removed", layer.removed},
                    {"pruned", layer.pruned}});
  return json;
}

PruneReport prune_and_note(Model& model, const PruneOptions& options) {
  const PruneReport report = prune(model, options);
  nlohmann::ordered_json entry{{"verb", "prune"}};
  entry.update(to_json(options));
  append_provenance(model, std::move(entry));
  return report;
}

}  // namespace karnin::cli
