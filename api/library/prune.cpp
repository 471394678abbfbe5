// Pruning by the C ABI: one shot, from the weights, from what training left in the model, or from
// images.
#include <algorithm>
#include <cstddef>

#include "api/library/buffers.h"
#include "api/library/objects.h"
#include "api/library/options.h"
#include "train/calibration/fitted_pruning.h"
#include "train/calibration/surgeon_scores.h"
#include "train/masks/default_layers.h"
#include "train/masks/pruning_note.h"

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

PruneMethod method_of(const karnin_prune_options& options) {
  const PruneMethod method = prune_method_from_string(&required(options.method, "method"));
  const std::string given = ", got '" + std::string(options.method) + "'";
  if (needs_gradients(method))
    throw ArgumentError("method: expected one that needs no labels" + given +
                        ": karnin-cpu prune has it");
  if (needs_inputs(method) && options.images == nullptr)
    throw ArgumentError("images: expected some, or a method that looks at none" + given);
  return method;
}

PruneOptions choice_of(const karnin_prune_options& options, const Graph& graph) {
  if (options.global != 0 && options.global != 1)
    throw ArgumentError("global: expected 0 or 1, got " + std::to_string(options.global));
  return {.method = method_of(options),
          .scope = options.global == 1 ? Scope::global : Scope::layer,
          .until = Sparsity{options.sparsity},
          .layers = layers_of(options, graph),
          .seed = options.seed};
}

/// The caller's images, where they lie.
CalibrationImages images_of(const karnin_prune_options& options, const Graph& graph) {
  const Extent extent = input_extent(graph);
  const float* const all = floats_of(options.images, options.floats, "images").data();
  const std::size_t count = images_in(options.floats, extent, "floats");
  return {static_cast<std::int64_t>(count), extent,
          [all, image = extent.size()](std::int64_t first, std::int64_t images, float* dst) {
            std::copy_n(all + first * image, images * image, dst);
          }};
}

Model pruned(const Model& model, const karnin_prune_options& options) {
  const PruneOptions choice = choice_of(options, model.graph);
  Model result = model;
  if (options.images == nullptr && options.floats == 0) {
    prune_and_note(result, choice);
  } else {
    const Calibration calibration{.images = images_of(options, model.graph),
                                  .threads = options.num_threads,
                                  .seed = options.seed};
    if (needs_inputs(choice.method)) add_surgeon_scores(result, choice.layers, calibration);
    prune_and_fit(result, choice, calibration, "");
  }
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
