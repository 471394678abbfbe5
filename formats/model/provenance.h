// The history that a model file carries: one entry for every command that made or changed it.
// It holds what decides the weights and nothing else (no paths, threads or times), so that the same
// arguments give the same file.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "runtime/graph/model.h"

namespace karnin {

/// The model's history as an object: {"history": [...]}; empty where it carries none.
nlohmann::ordered_json provenance(const ModelDescription& model);

/// Adds `entry`, to which the program's version is added.
void append_provenance(ModelDescription& model, nlohmann::ordered_json entry);

/// The data set that the model was last trained on; "" if that is not known.
std::string trained_on(const ModelDescription& model);

}  // namespace karnin
