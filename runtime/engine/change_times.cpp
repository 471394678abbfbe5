#include "runtime/engine/change_times.h"

#include <utility>

#include "runtime/core/aligned.h"
#include "runtime/engine/median.h"
#include "runtime/engine/region_times.h"
#include "runtime/program/stopwatch.h"

namespace karnin {
namespace {

double time_of_reorder(const Layer& layer) {
  constexpr std::size_t kLeast = 3, kMost = 40;  // samples
  constexpr double kEnough = 300;                // microseconds
  AlignedVector<float> src(static_cast<std::size_t>(layer.src().floats()), 0.25F);
  AlignedVector<float> dst(static_cast<std::size_t>(layer.dst().floats()));
  const auto bound = layer.bind({.src = src.data(), .dst = dst.data()});
  bound->forward({});  // warms up
  std::vector<double> samples;
  for (double spent = 0; samples.size() < kLeast || (samples.size() < kMost && spent < kEnough);
       spent += samples.back()) {
    samples.push_back(0);
    const Stopwatch watch(samples, samples.size() - 1);
    bound->forward({});
  }
  return median(samples);
}

/// What it takes to enter each region of a program whose regions are in two domains by turns.
std::vector<double> entering_by_turns(const Graph& graph, std::int64_t images, std::size_t regions,
                                      Domain even, Domain odd) {
  std::vector<Domain> domains(regions, even);
  for (std::size_t region = 1; region < regions; region += 2) domains[region] = odd;
  const Lowered program = lower(graph, {.images = images,
                                        .purpose = Purpose::inference,
                                        .domain = Domains(domains),
                                        .fc_kernel = {}});
  const std::vector<bool> entering = entering_steps(program.steps);
  std::vector<double> microseconds(entering.size(), 0.0);
  for (std::size_t i = 0; i < entering.size(); ++i)
    if (entering[i]) microseconds[i] = time_of_reorder(*program.steps[i].layer);
  return region_times(program.steps, microseconds).entering;
}

}  // namespace

void add_change_times(DomainTimes& times, const Graph& graph, std::int64_t images,
                      std::span<const Domain> domains) {
  for (const Domain even : domains)
    for (const Domain odd : domains) {
      if (even == odd) continue;
      const std::vector<double> entering =
          entering_by_turns(graph, images, times.regions(), even, odd);
      for (std::size_t border = 0; border + 1 < times.regions(); ++border) {
        const auto [from, to] = border % 2 == 0 ? std::pair(even, odd) : std::pair(odd, even);
        times.add_border(border, from, to, entering[border + 1]);
      }
    }
}

}  // namespace karnin
