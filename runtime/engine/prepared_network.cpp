#include "runtime/engine/prepared_network.h"

#include <string>
#include <utility>

#include "runtime/engine/batch_plan.h"
#include "runtime/graph/macs.h"

namespace karnin {

PreparedNetwork::PreparedNetwork(const NetworkView& network, const EngineOptions& options,
                                 Crew& crew)
    : threads_(options.threads),
      plan_(plan_batch(network, options, crew)),
      program_(build_program(network, plan_)),
      image_(input_extent(network.description.graph)),
      graph_(network.description.graph) {
  counts_.resize(network.parameters.size());
  for (std::size_t p = 0; p < counts_.size(); ++p) counts_[p].add(network.parameters[p]);
}

/// Of all tensors of a step, those that its weights take in included.
ParameterCount PreparedNetwork::count_of(const Step& step) const {
  ParameterCount sum;
  const auto add = [&](const ByRole<Slot>& slots) {
    for (const Role role : kRoles) {
      if (slots[role].floats == 0) continue;
      sum.all += counts_[slots[role].parameter].all;
      sum.nonzero += counts_[slots[role].parameter].nonzero;
    }
  };
  add(step.parameters);
  for (const Affine& affine : step.affines) add(affine.parameters);
  return sum;
}

std::int64_t PreparedNetwork::macs_of(const Step& step) const {
  if (step.node == kNoNode) return 0;
  const std::vector<Extent> srcs = source_extents(graph_, infer_extents(graph_), step.node);
  return macs(graph_.node(step.node).op, srcs);
}

/// Of so many, those of weights that were kept.
std::int64_t PreparedNetwork::kept_of(std::int64_t macs, const Step& step) const {
  if (macs == 0) return 0;
  const ParameterCount& weights = counts_[step.parameters[Role::weight].parameter];
  return macs / weights.all * weights.nonzero;
}

LayerProfile PreparedNetwork::profile_of(std::size_t index) const {
  const Step& step = program_->steps()[index];
  const ParameterCount count = count_of(step);
  const std::int64_t macs = macs_of(step);
  return {step.layer->name(), step.layer->kernel(), count.all, count.nonzero, macs,
          kept_of(macs, step)};
}

}  // namespace karnin
