#include "runtime/program/program.h"

#include <cassert>

#include "runtime/core/error.h"
#include "runtime/program/fold.h"
#include "runtime/program/program_impl.h"

namespace karnin {

Program::Program(const Graph& graph, const ProgramOptions& options) {
  if (options.images < 1 || options.images > kMaxDim)
    throw ArgumentError("program: expected 1 to " + std::to_string(kMaxDim) +
                        " images a shard, got " + std::to_string(options.images));
  impl_ = std::make_unique<Impl>(graph, options);
}
Program::~Program() = default;

std::int64_t Program::images() const { return impl_->images; }
std::span<const Output> Program::outputs() const { return impl_->outputs; }
std::int64_t Program::logits() const { return impl_->outputs.front().extent.size(); }
std::span<const Step> Program::steps() const { return impl_->lowered.steps; }

void Program::set_parameters(std::span<const float* const> parameters) {
  if (impl_->purpose == Purpose::inference) {
    std::vector<WeightsView> views(parameters.size());
    for (std::size_t i = 0; i < views.size(); ++i) views[i].plain = parameters[i];
    return set_parameters(std::span<const WeightsView>(views));
  }
  for (Step& step : impl_->lowered.steps)
    if (step.has_parameters())
      step.layer->set_parameters(tensors_of<const float>(step, parameters));
}

void Program::set_parameters(std::span<const WeightsView> parameters) {
  assert(impl_->purpose == Purpose::inference);
  for (Step& step : impl_->lowered.steps) {
    if (!step.has_parameters()) continue;
    const FoldedParameters folded(step, parameters);
    if (folded.sparse() != nullptr)
      step.layer->set_sparse_parameters(*folded.sparse(), folded.plain());
    else
      step.layer->set_parameters(folded.plain());
  }
}

void Program::hold_masks(std::span<const std::span<const std::uint8_t>> masks) {
  for (Step& step : impl_->lowered.steps)
    if (step.has(Role::weight))
      step.layer->hold_mask(masks[step.parameters[Role::weight].parameter]);
}

}  // namespace karnin
