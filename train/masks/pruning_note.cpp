#include "train/masks/pruning_note.h"

#include <string>
#include <utility>

#include "formats/model/provenance.h"
#include "runtime/core/error.h"

namespace karnin {

std::string_view to_string(Scope scope) { return scope == Scope::layer ? "layer" : "global"; }

Scope scope_from_string(std::string_view name) {
  for (const Scope scope : {Scope::layer, Scope::global})
    if (name == to_string(scope)) return scope;
  throw ArgumentError("unknown scope '" + std::string(name) + "': expected layer or global");
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

PruneReport prune_and_note(Model& model, const PruneOptions& options) {
  const PruneReport report = prune(model, options);
  nlohmann::ordered_json entry{{"verb", "prune"}};
  entry.update(to_json(options));
  append_provenance(model, std::move(entry));
  return report;
}

}  // namespace karnin
