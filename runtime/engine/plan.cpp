#include "runtime/engine/plan.h"

#include <algorithm>
#include <utility>

#include "runtime/core/error.h"
#include "runtime/engine/domain_race.h"
#include "runtime/engine/program_race.h"
#include "runtime/program/regions.h"

namespace karnin {
namespace {

// Skipping a weight costs more than multiplying by it until a good part of them is gone.
constexpr double kSparseCandidate = 0.2;
constexpr double kSparseRule = 0.6;
constexpr double kSparseConvolution = 0.5;
// From here on dense kernels lose for any number of images (docs/SPEED.md), and what preparing
// them takes is no trifle: they are out of the race.
constexpr double kDenseLoses = 0.89;
constexpr std::int64_t kManyWeights = std::int64_t{1} << 20;
// Lanes that are three quarters empty never won.
constexpr double kLaneCandidate = 0.25;
constexpr double kGatherRule = 0.9;
// One image after the other is out of the race where lanes can be filled.
constexpr std::int64_t kMostGathered = 8;
constexpr std::int64_t kLanesRule = 8;  // images; fewer leave most lanes empty

struct FcLayer {
  std::string name;
  int node;
  std::int64_t weights;
  double sparsity;
  bool dense_may_win() const { return sparsity < kDenseLoses || weights < kManyWeights; }
};

std::vector<FcLayer> fc_layers(const NetworkView& network) {
  const Graph& graph = network.description.graph;
  const std::vector<ParameterSpec> specs = parameter_specs(graph);
  std::vector<FcLayer> layers;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const Node& node = graph.node(specs[i].node);
    if (specs[i].role != Role::weight || !is<FullyConnected>(node.op)) continue;
    const WeightsView& weights = network.parameters[i];
    layers.push_back(
        {node.name, specs[i].node, weights.size(),
         1.0 - static_cast<double>(weights.count_nonzero()) / static_cast<double>(weights.size())});
  }
  return layers;
}

FcKernel rule(const FcLayer& layer, std::int64_t images, Domain domain) {
  if (domain == Domain::lanes)
    return layer.sparsity >= kSparseRule ? FcKernel::sparse_lanes : FcKernel::dense;
  if (images >= kLanesRule && layer.sparsity >= kSparseRule) return FcKernel::sparse_lanes;
  if (images < kLanesRule && layer.sparsity >= kGatherRule) return FcKernel::sparse_gather;
  return FcKernel::dense;
}

bool is_dense(FcKernel kernel) { return kernel == FcKernel::dense || kernel == FcKernel::onednn; }

bool races(FcKernel kernel, const FcLayer& layer) {
  return !is_dense(kernel) || layer.dense_may_win();
}

/// Adds to each choice how long its layer takes with each of the kernels that race there.
void time_kernels(const NetworkView& network, std::int64_t images, Domain kind,
                  std::span<const FcLayer> layers, std::span<const FcKernel> kernels,
                  std::vector<FcChoice>& choices) {
  std::vector<std::unique_ptr<Program>> programs;
  for (const FcKernel kernel : kernels) {
    Plan all_alike{kind, choices, {}, 1, images};
    for (std::size_t i = 0; i < layers.size(); ++i)
      all_alike.kernels[i].kernel = races(kernel, layers[i]) ? kernel : FcKernel::sparse_lanes;
    programs.push_back(build_program(network, all_alike));
  }
  const std::vector<std::vector<double>> times = race_programs(programs);
  for (std::size_t k = 0; k < programs.size(); ++k)
    for (std::size_t i = 0; i < layers.size(); ++i)
      for (std::size_t step = 0; step < times[k].size(); ++step)
        if (programs[k]->steps()[step].node == layers[i].node && races(kernels[k], layers[i]))
          choices[i].timings.push_back({kernels[k], times[k][step]});
}

void race(const NetworkView& network, std::int64_t images, Domain domain,
          std::span<const FcLayer> layers, std::vector<FcChoice>& choices) {
  const auto is_sparse = [](const FcLayer& layer) { return layer.sparsity >= kSparseCandidate; };
  std::vector<FcKernel> kernels =
      fc_candidates(domain, images, std::ranges::any_of(layers, is_sparse));
  std::erase_if(kernels, [&](FcKernel kernel) {
    return std::ranges::none_of(layers, [&](const FcLayer& l) { return races(kernel, l); });
  });
  time_kernels(network, images, domain, layers, kernels, choices);
  for (FcChoice& choice : choices) choice.kernel = winner(choice.timings);
}

/// The domain, where it is not for a race to tell.
std::optional<Domain> settled_domain(const PlanOptions& options) {
  if (options.domain) return options.domain;
  const std::optional<FcKernel> kernel = options.pinned;
  if (kernel == FcKernel::onednn || kernel == FcKernel::sparse_gather) return Domain::onednn;
  if (!options.race || kernel) return domain_rule(options.images);
  return std::nullopt;
}

/// Whether a convolution lost so many weights that a kernel of the kept ones may win.
bool has_sparse_convolution(const NetworkView& network) {
  const std::vector<ParameterSpec> specs = parameter_specs(network.description.graph);
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const auto* conv = std::get_if<Conv2d>(&network.description.graph.node(specs[i].node).op);
    if (conv == nullptr || conv->groups > 1 || specs[i].role != Role::weight) continue;
    const WeightsView& weights = network.parameters[i];
    if (static_cast<double>(weights.count_nonzero()) <=
        (1 - kSparseConvolution) * static_cast<double>(weights.size()))
      return true;
  }
  return false;
}

/// Those that have a layer of their own for something; oneDNN's blocks first.
std::vector<Domain> domain_candidates(const NetworkView& network, std::int64_t images) {
  std::vector<Domain> kinds{Domain::onednn};
  for (const Domain kind : {Domain::nhwc, Domain::planes, Domain::sparse_planes}) {
    if (kind == Domain::sparse_planes && !has_sparse_convolution(network)) continue;
    const Draft draft = make_draft(
        network.description.graph,
        {.images = images, .purpose = Purpose::inference, .domain = kind, .fc_kernel = {}});
    if (std::ranges::count(domains_of(draft), kind) > 0) kinds.push_back(kind);
  }
  if (lane_use(images) >= kLaneCandidate) kinds.push_back(Domain::lanes);
  return kinds;
}

}  // namespace

FcKernel winner(std::span<const FcChoice::Timing> timings) {
  constexpr double kMargin = 0.05;
  return std::ranges::min_element(timings, {},
                                  [](const FcChoice::Timing& timing) {
                                    return is_dense(timing.kernel)
                                               ? timing.microseconds
                                               : timing.microseconds / (1 - kMargin);
                                  })
      ->kernel;
}

std::vector<FcKernel> fc_candidates(Domain domain, std::int64_t images, bool sparse) {
  const bool in_lanes = domain == Domain::lanes;
  std::vector<FcKernel> kernels{FcKernel::dense};
  if (!in_lanes) kernels.push_back(FcKernel::onednn);
  if (sparse) kernels.push_back(FcKernel::sparse_lanes);
  if (sparse && !in_lanes && images <= kMostGathered) kernels.push_back(FcKernel::sparse_gather);
  return kernels;
}

std::vector<FcChoice> plan_kernels(const NetworkView& network, const PlanOptions& options) {
  const Domain domain = options.domain.value_or(Domain::onednn);
  const std::vector<FcLayer> layers = fc_layers(network);
  std::vector<FcChoice> choices;
  for (const FcLayer& layer : layers)
    choices.push_back(
        {layer.name, options.pinned.value_or(rule(layer, options.images, domain)), {}});
  if (options.race && !options.pinned && !choices.empty())
    race(network, options.images, domain, layers, choices);
  return choices;
}

Plan plan_program(const NetworkView& network, const PlanOptions& options) {
  const auto plan_for = [&](Domain domain) {
    PlanOptions one = options;
    one.domain = domain;
    return Plan{domain, plan_kernels(network, one), {}, options.sharers, options.images};
  };
  if (const auto domain = settled_domain(options)) return plan_for(*domain);

  std::vector<Plan> plans;
  for (const Domain kind : domain_candidates(network, options.images)) {
    // A fully connected layer is the same in all domains but lanes.
    plans.push_back(kind == Domain::lanes || plans.empty() ? plan_for(kind) : plans.front());
    plans.back().domain = kind;
  }
  return race_domains(network, std::move(plans));
}

void require_kernels(const Plan& plan, const NetworkView& network) {
  if (!std::ranges::equal(plan.kernels, fc_layers(network), {}, &FcChoice::layer, &FcLayer::name))
    throw ArgumentError("plan: expected a kernel for each fully connected layer of " +
                        network.description.graph.name + ", got " +
                        std::to_string(plan.kernels.size()) + " that do not match");
}

std::unique_ptr<Program> build_program(const NetworkView& network, const Plan& plan) {
  const auto kernel_of = [&plan](const std::string& layer) {
    const auto choice = std::ranges::find(plan.kernels, layer, &FcChoice::layer);
    return choice == plan.kernels.end() ? FcKernel::dense : choice->kernel;
  };
  auto program = std::make_unique<Program>(network.description.graph,
                                           ProgramOptions{.images = plan.images,
                                                          .purpose = Purpose::inference,
                                                          .domain = plan.domain,
                                                          .fc_kernel = kernel_of,
                                                          .sharers = plan.sharers});
  program->set_parameters(network.parameters);
  return program;
}

}  // namespace karnin
