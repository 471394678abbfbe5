// Pruning as the command line does it: what the default is, what the file remembers of it, how it
// is told.
#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "train/pruner.h"

namespace karnin::cli {

inline constexpr double kDefaultSparsity = 0.5;

/// Every fully connected layer but the last: fc1 and fc2 in the paper's network, which prunes
/// these. A network with one such layer gets that one,
/// and one without any all of its convolutions.
std::vector<std::string> default_layers(const Architecture& architecture);

/// What `train` leaves beside its model, and `prune` does unless told otherwise.
PruneOptions default_pruning(const Architecture& architecture);

std::string_view to_string(Scope scope);         ///< "layer", "global"
Scope scope_from_string(std::string_view name);  ///< throws ArgumentError

/// --method, --normalise, --sign, --scope and --layers: which weights, however many.
std::vector<CLI::Option*> add_score_options(CLI::App& verb, PruneOptions& options);

/// --score-images
void add_score_image_option(CLI::App& verb, std::int64_t& images);

nlohmann::ordered_json to_json(const PruneOptions& options);

/// prune(), with an entry in the model's provenance.
PruneReport prune_and_note(Model& model, const PruneOptions& options);

}  // namespace karnin::cli
