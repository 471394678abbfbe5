#include "runtime/engine/network_timing.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "runtime/core/counter_rng.h"

namespace karnin {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kFewestRuns = 20, kMostRuns = 100'000;
constexpr int kUntimedRuns = 3;
constexpr double kProfiledShare = 0.25;  // of the time, with the layers' clocks on

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// One batch, again and again.
class Runs {
 public:
  Runs(Engine& engine, const Graph& graph, std::int64_t batch)
      : engine_(engine), images_(static_cast<std::size_t>(batch * input_extent(graph).size())) {
    for (const Output& output : engine.outputs())
      results_.emplace_back(static_cast<std::size_t>(batch * output.extent.size()));
    dsts_.assign(results_.begin(), results_.end());
    CounterRng rng(1);
    std::ranges::generate(images_, [&] { return static_cast<float>(rng.uniform()); });
    for (int i = 0; i < kUntimedRuns; ++i) run();
  }

  /// Microseconds of each, ascending.
  std::vector<double> timed(double seconds) {
    std::vector<double> times;
    const Clock::time_point start = Clock::now();
    while (times.size() < kMostRuns &&
           (times.size() < kFewestRuns || seconds_since(start) < seconds)) {
      const Clock::time_point begin = Clock::now();
      run();
      times.push_back(1e6 * seconds_since(begin));
    }
    std::ranges::sort(times);
    return times;
  }

 private:
  void run() { engine_.run(images_, dsts_); }

  Engine& engine_;
  std::vector<float> images_;
  std::vector<std::vector<float>> results_;  // by output
  std::vector<std::span<float>> dsts_;       // of results_
};

/// The smallest value that at least this share of them doesn't exceed.
double quantile(const std::vector<double>& ascending, double share) {
  const double rank = std::ceil(share * static_cast<double>(ascending.size()));
  return ascending[static_cast<std::size_t>(rank) - 1];
}

bool may_be_thin(const Op& op) {
  const auto* conv = std::get_if<Conv2d>(&op);
  return is<FullyConnected>(op) || (conv != nullptr && conv->groups == 1);
}

}  // namespace

NetworkTiming time_network(const NetworkView& network, const NetworkTimingOptions& options) {
  EngineOptions engine_options;
  engine_options.batch = options.batch;
  engine_options.threads = options.threads;
  engine_options.kernel = options.kernel;
  engine_options.plan = options.plan;
  Engine engine(network, engine_options);
  Runs runs(engine, network.description.graph, options.batch);
  const std::vector<double> times = runs.timed(options.seconds);
  engine.set_profiling(true);
  runs.timed(options.seconds * kProfiledShare);
  return {engine.threads(),     static_cast<std::int64_t>(times.size()),
          quantile(times, 0.5), quantile(times, 0.99),
          engine.plan(),        engine.profile()};
}

void thin_out(Model& model, double sparsity, std::uint64_t seed) {
  CounterRng rng(seed);
  const std::vector<ParameterSpec> specs = parameter_specs(model.graph);
  bool first = true;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (specs[i].role != Role::weight) continue;
    const bool skipped = first || !may_be_thin(model.graph.node(specs[i].node).op);
    first = false;
    if (skipped) continue;
    for (float& weight : model.parameters[i].value.span())
      if (rng.uniform() < sparsity) weight = 0;
  }
}

}  // namespace karnin
