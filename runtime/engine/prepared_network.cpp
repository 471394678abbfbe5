#include "runtime/engine/prepared_network.h"

#include <string>
#include <utility>

#include "runtime/engine/shard_images.h"
#include "runtime/graph/macs.h"

namespace karnin {
namespace {

std::int64_t checked_batch(std::int64_t batch) {
  if (batch < 1 || batch > kMaxBatch)
    throw ArgumentError("batch: expected 1 to " + std::to_string(kMaxBatch) + ", got " +
                        std::to_string(batch));
  return batch;
}

/// Where a clock decides anyhow, one thread alone gets shards that fill more lanes.
int sharing_threads(const EngineOptions& options, const Crew& crew) {
  return options.race && !options.kernel && !options.domain ? crew.workers() : 2;
}

/// Threads that may share a shard while a batch runs in shards of so many images.
int sharers_of(Crew& crew, std::int64_t batch, std::int64_t images) {
  int sharers = 1;
  crew.plan_for((batch + images - 1) / images, [&] { sharers = Arena::sharers(); });
  return sharers;
}

/// The plan of another engine, if it can be this one's.
Plan made_before(const Plan& plan, const NetworkView& network, std::int64_t batch, Crew& crew) {
  require_kernels(plan, network);
  if (plan.images < 1 || plan.images > batch)
    throw ArgumentError("plan: expected shards of 1 to " + std::to_string(batch) +
                        " images, got shards of " + std::to_string(plan.images));
  if (const int sharers = sharers_of(crew, batch, plan.images); sharers != plan.sharers)
    throw ArgumentError("plan: expected " + std::to_string(sharers) + " threads a shard, got " +
                        std::to_string(plan.sharers));
  return plan;
}

Plan make_plan(const NetworkView& network, const EngineOptions& options, Crew& crew) {
  validate(network);
  const std::int64_t batch = checked_batch(options.batch);
  if (options.plan) return made_before(*options.plan, network, batch, crew);
  const std::int64_t images = shard_images(network, batch, sharing_threads(options, crew));
  Plan plan;
  crew.plan_for((batch + images - 1) / images, [&] {
    plan = plan_program(network,
                        {images, options.kernel, options.race, options.domain, Arena::sharers()});
  });
  return plan;
}

}  // namespace

PreparedNetwork::PreparedNetwork(const NetworkView& network, const EngineOptions& options,
                                 Crew& crew)
    : threads_(options.threads),
      plan_(make_plan(network, options, crew)),
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
