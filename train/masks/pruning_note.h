// What a model remembers of its pruning: every way to prune leaves the same note.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "train/masks/pruner.h"

namespace karnin {

std::string_view to_string(Scope scope);         ///< "layer", "global"
Scope scope_from_string(std::string_view name);  ///< throws ArgumentError

/// What decides the weights.
nlohmann::ordered_json to_json(const PruneOptions& options);

/// prune(), with an entry in the model's provenance.
PruneReport prune_and_note(Model& model, const PruneOptions& options);

}  // namespace karnin
