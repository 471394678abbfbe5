#include "runtime/engine/batch_plan.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <string>

#include "runtime/core/ceil_div.h"
#include "runtime/core/error.h"
#include "runtime/engine/shard_images.h"

namespace karnin {
namespace {

void require_batch(std::int64_t batch) {
  if (batch < 1 || batch > kMaxBatch)
    throw ArgumentError("batch: expected 1 to " + std::to_string(kMaxBatch) + ", got " +
                        std::to_string(batch));
}

/// Threads that may share a shard while a batch runs in shards of so many images.
int sharers_of(Crew& crew, std::int64_t batch, std::int64_t images) {
  int sharers = 1;
  crew.plan_for(ceil_div(batch, images), [&] { sharers = Arena::sharers(); });
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

Plan plan_shards(const NetworkView& network, const EngineOptions& options, std::int64_t images,
                 Crew& crew) {
  Plan plan;
  crew.plan_for(ceil_div(options.batch, images), [&] {
    plan = plan_program(network,
                        {images, options.kernel, options.race, options.domain, Arena::sharers()});
  });
  return plan;
}

/// Microseconds of a batch by a plan that won a race.
double batch_time(const Plan& plan, std::int64_t batch, int workers) {
  const auto won = std::ranges::find(plan.timings, plan.domain, &Plan::Timing::domain);
  assert(won != plan.timings.end());
  const std::int64_t rounds = ceil_div(ceil_div(batch, plan.images), workers);
  return static_cast<double>(rounds) * won->microseconds;
}

Plan race_shards(const NetworkView& network, const EngineOptions& options, Crew& crew) {
  constexpr double kMargin = 0.05;
  const std::int64_t batch = options.batch;
  const std::int64_t rule = shard_images(network, batch, crew.workers());
  Plan best = plan_shards(network, options, rule, crew);
  double least = (1 - kMargin) * batch_time(best, batch, crew.workers());
  std::vector<Plan::Timing> timings = best.timings;
  for (const std::int64_t images : std::array{std::min(full_lanes(), batch), std::int64_t{1}}) {
    if (images == rule) continue;
    const Plan plan = plan_shards(network, options, images, crew);
    timings.insert(timings.end(), plan.timings.begin(), plan.timings.end());
    if (const double time = batch_time(plan, batch, crew.workers()); time < least) {
      least = time;
      best = plan;
    }
  }
  best.timings = timings;
  return best;
}

}  // namespace

Plan plan_batch(const NetworkView& network, const EngineOptions& options, Crew& crew) {
  validate(network);
  require_batch(options.batch);
  if (options.plan) return made_before(*options.plan, network, options.batch, crew);
  if (options.race && !options.kernel && !options.domain)
    return race_shards(network, options, crew);
  return plan_shards(network, options, shard_images(network, options.batch), crew);
}

}  // namespace karnin
