#include "runtime/plan.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "runtime/core/error.h"

namespace karnin {
namespace {

constexpr FcKernel kDenseKernels[] = {FcKernel::dense, FcKernel::onednn};
constexpr FcKernel kSparseKernels[] = {FcKernel::sparse_lanes, FcKernel::sparse_gather};

// Skipping a weight costs more than multiplying by it until a good part of them is gone.
constexpr double kSparseCandidate = 0.2;
constexpr double kSparseRule = 0.6;
constexpr double kGatherRule = 0.9;
constexpr std::int64_t kLanesRule = 8;  // images; fewer leave most lanes empty

struct FcLayer {
  std::string name;
  double sparsity;
};

std::vector<FcLayer> fc_layers(const Model& model) {
  const std::vector<ParameterSpec> specs = parameter_specs(model.architecture);
  std::vector<FcLayer> layers;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const Node& node = model.architecture.nodes[static_cast<std::size_t>(specs[i].node)];
    if (specs[i].is_bias || !std::holds_alternative<FullyConnected>(node.spec)) continue;
    const Parameter& weights = model.parameters[i];
    layers.push_back({node.name, 1.0 - static_cast<double>(count_nonzero(weights)) /
                                           static_cast<double>(weights.value.size())});
  }
  return layers;
}

std::optional<FcKernel> pinned_by_environment() {
  const char* name = std::getenv("KARNIN_KERNEL");
  if (name == nullptr || *name == '\0') return std::nullopt;
  return fc_kernel_from_string(name);
}

FcKernel rule(const FcLayer& layer, std::int64_t images) {
  if (images >= kLanesRule && layer.sparsity >= kSparseRule) return FcKernel::sparse_lanes;
  if (images < kLanesRule && layer.sparsity >= kGatherRule) return FcKernel::sparse_gather;
  return FcKernel::dense;
}

/// Median time of every layer of a chain. Kernels race inside the whole chain, so that each finds
/// the caches as it will find them when it counts.
std::vector<double> layer_times(const Chain& chain) {
  constexpr int kWarmUp = 2;
  constexpr int kRounds = 15;
  Chain::Worker worker(chain);
  const Blob& src = chain.layers().front()->src();
  std::fill_n(worker.input(), src.images * src.extent.size(), 0.25F);
  const std::size_t layers = chain.layers().size();
  std::vector<std::vector<double>> samples(layers);
  for (int round = 0; round < kWarmUp + kRounds; ++round) {
    std::vector<double> microseconds(layers, 0.0);
    worker.forward({}, microseconds);
    for (std::size_t i = 0; round >= kWarmUp && i < layers; ++i)
      samples[i].push_back(microseconds[i]);
  }
  std::vector<double> medians;
  for (std::vector<double>& times : samples) {
    std::ranges::nth_element(times, times.begin() + kRounds / 2);
    medians.push_back(times[kRounds / 2]);
  }
  return medians;
}

/// Adds to each choice how long its layer takes with `kernel` in all of them.
void time_kernel(const Model& model, std::int64_t images, FcKernel kernel,
                 std::vector<FcChoice>& choices) {
  std::vector<FcChoice> all_alike = choices;
  for (FcChoice& choice : all_alike) choice.kernel = kernel;
  const std::unique_ptr<Chain> chain = build_chain(model, images, all_alike);
  const std::vector<double> times = layer_times(*chain);
  for (FcChoice& choice : choices)
    for (std::size_t i = 0; i < times.size(); ++i)
      if (chain->layers()[i]->name() == choice.layer) choice.timings.push_back({kernel, times[i]});
}

void race(const Model& model, std::int64_t images, std::span<const FcLayer> layers,
          std::vector<FcChoice>& choices) {
  for (const FcKernel kernel : kDenseKernels) time_kernel(model, images, kernel, choices);
  const bool any_sparse = std::ranges::any_of(
      layers, [](const FcLayer& layer) { return layer.sparsity >= kSparseCandidate; });
  if (any_sparse)
    for (const FcKernel kernel : kSparseKernels) time_kernel(model, images, kernel, choices);
  for (FcChoice& choice : choices)
    choice.kernel =
        std::ranges::min_element(choice.timings, {}, &FcChoice::Timing::microseconds)->kernel;
}

}  // namespace

std::vector<FcChoice> plan_kernels(const Model& model, const PlanOptions& options) {
  const std::vector<FcLayer> layers = fc_layers(model);
  const std::optional<FcKernel> pinned = options.pinned ? options.pinned : pinned_by_environment();
  std::vector<FcChoice> choices;
  for (const FcLayer& layer : layers)
    choices.push_back({layer.name, pinned.value_or(rule(layer, options.images)), {}});
  if (options.race && !pinned && !choices.empty()) race(model, options.images, layers, choices);
  return choices;
}

std::unique_ptr<Chain> build_chain(const Model& model, std::int64_t images,
                                   std::span<const FcChoice> choices) {
  const auto kernel_of = [choices](const std::string& layer) {
    const auto choice = std::ranges::find(choices, layer, &FcChoice::layer);
    return choice == choices.end() ? FcKernel::dense : choice->kernel;
  };
  auto chain = std::make_unique<Chain>(model.architecture,
                                       ChainOptions{images, Purpose::inference, kernel_of});
  std::vector<const float*> parameters;
  for (const Parameter& parameter : model.parameters) parameters.push_back(parameter.value.data());
  chain->set_parameters(parameters);
  return chain;
}

}  // namespace karnin
