// Pruning by the C ABI: one shot, from the weights or from what training left in the model.
#include <cstddef>

#include "api/library/objects.h"
#include "api/library/options.h"
#include "train/masks/default_layers.h"
#include "train/masks/pruner.h"

namespace karnin::api {
namespace {

constexpr std::size_t kFirstPruneOptions =
    offsetof(karnin_prune_options, layer_count) + sizeof(std::size_t);

std::vector<std::string> layers_of(const karnin_prune_options& options, const Graph& graph) {
  if (options.layers == nullptr) {
    if (options.layer_count != 0) throw ArgumentError("layers: expected names, got NULL");
    return default_layers(graph);
  }
  std::vector<std::string> layers;
  for (std::size_t i = 0; i < options.layer_count; ++i)
    layers.emplace_back(&required(options.layers[i], "layers"));
  return layers;
}

PruneMethod method_of(const char* name) {
  const PruneMethod method = prune_method_from_string(&required(name, "method"));
  if (needs_gradients(method) || needs_inputs(method))
    throw ArgumentError("method: expected one that looks at no images, got '" + std::string(name) +
                        "': karnin-cpu prune has it");
  return method;
}

Model pruned(const Model& model, const karnin_prune_options& options) {
  if (options.global != 0 && options.global != 1)
    throw ArgumentError("global: expected 0 or 1, got " + std::to_string(options.global));
  const PruneOptions choice{.method = method_of(options.method),
                            .scope = options.global == 1 ? Scope::global : Scope::layer,
                            .until = Sparsity{options.sparsity},
                            .layers = layers_of(options, model.graph),
                            .seed = options.seed};
  Model result = model;
  prune(result, choice);
  result.sensitivities.clear();
  return result;
}

}  // namespace
}  // namespace karnin::api

namespace api = karnin::api;

karnin_status karnin_prune(const karnin_model* model, const karnin_prune_options* options,
                           karnin_model** result) {
  return api::open_into(result, "pruned", [&] {
    const karnin_prune_options read = api::read_options(
        options, KARNIN_PRUNE_OPTIONS, api::kFirstPruneOptions, "karnin_prune_options");
    return std::make_unique<karnin_model>(api::pruned(api::opened(model, "model").model, read));
  });
}
