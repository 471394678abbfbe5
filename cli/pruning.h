// Pruning as the command line does it: what the default is, what the file remembers of it, how it
// is told.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/verb.h"
#include "train/pruning/pruner.h"

namespace karnin::cli {

inline constexpr double kDefaultSparsity = 0.5;

/// Every fully connected layer but the last: fc1 and fc2 in the paper's network, which prunes
/// these. A network with one such layer gets that one,
/// and one without any all of its convolutions.
std::vector<std::string> default_layers(const Graph& graph);

/// What `train` leaves beside its model, and `prune` does unless told otherwise.
PruneOptions default_pruning(const Graph& graph);

std::string_view to_string(Scope scope);         ///< "layer", "global"
Scope scope_from_string(std::string_view name);  ///< throws ArgumentError

CLI::Option* add_method_option(Verb& verb, PruneOptions& options);

/// By which methods a verb prunes, when its options have their values; and whether by a threshold.
struct Pruned {
  std::function<std::vector<PruneMethod>()> by;
  std::function<bool()> by_threshold = [] { return false; };
};

/// --sign, --scope and --layers.
void add_choice_options(Verb& verb, PruneOptions& options, const Pruned& pruned);

/// --normalise, without which the lowest scores stay the lowest; `threshold` is the option that
/// makes it matter.
void add_normalise_option(Verb& verb, PruneOptions& options, const std::string& threshold,
                          const Pruned& pruned);

/// Has --seed matter where scores are random, or of images that are drawn, and where `otherwise`
/// says so: with one of the options `named`.
void say_when_seed_matters(Verb& verb, const Pruned& pruned, const std::string& named,
                           std::function<bool()> otherwise);

/// --score-images
void add_score_image_option(Verb& verb, std::int64_t& images, const Pruned& pruned);

nlohmann::ordered_json to_json(const PruneOptions& options);

/// A line on stderr for every group of layers of which more is pruned than is asked for: it stays.
void tell_pruned_beyond(const Model& model, const PruneOptions& options);

nlohmann::ordered_json to_json(const std::vector<PruneReport::LayerCount>& layers);

/// prune(), with an entry in the model's provenance.
PruneReport prune_and_note(Model& model, const PruneOptions& options);

}  // namespace karnin::cli
