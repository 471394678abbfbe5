#include "runtime/engine/kernel_race.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <deque>
#include <memory>
#include <span>

#include "runtime/core/ceil_div.h"
#include "runtime/core/counter_rng.h"
#include "runtime/core/error.h"
#include "runtime/core/parallel.h"
#include "runtime/engine/median.h"
#include "runtime/engine/plan.h"
#include "runtime/engine/shard_images.h"

namespace karnin {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kSampleSeconds = 2e-5;  // far above what reading the clock takes
constexpr int kMaxRepetitions = 1000;
constexpr int kWarmUps = 3;  // a last-level cache keeps little of what it sees for the first time
constexpr double kLongSeconds = 0.01;  // what is read once in so long a run may as well be cold
constexpr std::size_t kMinRounds = 9;
constexpr std::size_t kMaxRounds = 2000;
constexpr std::size_t kFlushBytes = std::size_t{256} << 20;  // more than most last-level caches

Model single_layer(const std::string& name, std::int64_t ic, std::int64_t oc) {
  return make_model(
      make_chain(name, {ic, 1, 1}, {{name, FullyConnected{oc}}, {name + ".relu", Relu{}}}));
}

/// How a batch is cut.
struct Shards {
  std::int64_t count;
  std::int64_t images;  ///< of each
};

/// Dense kernels get as many images a thread; sparse ones on several threads are cut as an engine
/// does it, which lets threads share a shard.
Shards shards_for(const Model& model, FcKernel kernel, std::int64_t batch, int threads) {
  const bool sparse = kernel == FcKernel::sparse_lanes || kernel == FcKernel::sparse_gather;
  const std::int64_t images = sparse && threads > 1
                                  ? shard_images(model, batch)
                                  : ceil_div(batch, std::min<std::int64_t>(batch, threads));
  return {ceil_div(batch, images), images};
}

/// One kernel, prepared: with a worker for every shard.
class Contestant {
 public:
  Contestant(const Model& model, FcKernel kernel, const Shards& shards)
      : kernel_(kernel),
        program_(build_program(
            model, {Domain::onednn, {{model.graph.name, kernel, {}}}, {}, 1, shards.images})) {
    const std::int64_t floats = shards.images * input_extent(model.graph).size();
    CounterRng rng(1);
    for (std::int64_t i = 0; i < shards.count; ++i) {
      float* input = workers_.emplace_back(*program_).input();
      std::generate_n(input, floats, [&] { return static_cast<float>(rng.uniform()); });
    }
  }

  FcKernel kernel() const { return kernel_; }

  /// Short runs are repeated within a sample.
  void calibrate(Arena& arena) {
    sample(arena);  // warms up
    const double seconds = sample(arena);
    warms_up_ = seconds < kLongSeconds;
    repetitions_ =
        static_cast<int>(std::clamp<double>(kSampleSeconds / seconds, 1.0, kMaxRepetitions));
  }

  /// The others' weights may have driven this one's out of the caches, where they stay when a layer
  /// runs again and again: hence the runs that nobody times.
  void take_sample(Arena& arena) {
    for (int i = 0; warms_up_ && i < kWarmUps; ++i) run(arena);
    samples_.push_back(sample(arena));
  }

  double seconds() const { return median(samples_); }

 private:
  /// Seconds of one run.
  double sample(Arena& arena) {
    const Clock::time_point start = Clock::now();
    run(arena);
    return std::chrono::duration<double>(Clock::now() - start).count() / repetitions_;
  }

  void run(Arena& arena) {
    if (workers_.size() == 1) {  // no fork for one shard
      arena.once_as_of(1, [&] {
        for (int i = 0; i < repetitions_; ++i) workers_.front().forward();
      });
      return;
    }
    for (int i = 0; i < repetitions_; ++i)
      arena.for_each(static_cast<std::int64_t>(workers_.size()), [&](std::int64_t shard) {
        workers_[static_cast<std::size_t>(shard)].forward();
      });
  }

  FcKernel kernel_;
  std::unique_ptr<Program> program_;
  std::deque<Program::Worker> workers_;
  int repetitions_ = 1;
  bool warms_up_ = false;
  std::vector<double> samples_;
};

/// Drives everything else out of this core's caches.
class CacheFlush {
 public:
  void operator()() {
    for (std::size_t i = 0; i < bytes_.size(); i += 64) ++bytes_[i];
  }

 private:
  std::vector<std::uint8_t> bytes_ = std::vector<std::uint8_t>(kFlushBytes);
};

void sample_in_turns(std::deque<Contestant>& contestants, Arena& arena,
                     const KernelRaceOptions& options) {
  std::optional<CacheFlush> flush;
  if (options.cold)
    flush.emplace();
  else
    for (Contestant& contestant : contestants) contestant.calibrate(arena);
  const Clock::time_point start = Clock::now();
  const auto out_of_time = [&] {
    return std::chrono::duration<double>(Clock::now() - start).count() > options.seconds;
  };
  for (std::size_t round = 0; round < kMaxRounds && (round < kMinRounds || !out_of_time()); ++round)
    for (Contestant& contestant : contestants) {
      if (flush) (*flush)();
      contestant.take_sample(arena);
    }
}

FcKernel chosen_kernel(const Model& model, const Shards& shards, const KernelRaceOptions& options,
                       Arena& arena) {
  FcKernel kernel{};
  arena.once_as_of(shards.count, [&] {
    kernel =
        plan_kernels(model, {shards.images, options.kernel, true, Domain::onednn}).front().kernel;
  });
  return kernel;
}

}  // namespace

double KernelRaceResult::nanoseconds(FcKernel kernel) const {
  const auto time = std::ranges::find(times, kernel, &KernelTime::kernel);
  assert(time != times.end());
  return time->nanoseconds;
}

double KernelRaceResult::dense_nanoseconds() const {
  return std::min(nanoseconds(FcKernel::onednn), nanoseconds(FcKernel::dense));
}

Model fc_model(std::int64_t ic, std::int64_t oc, double sparsity, std::uint64_t seed) {
  Model model = single_layer("fc", ic, oc);
  CounterRng rng(seed);
  for (float& weight : model.parameters[0].value.span()) {
    const bool kept = rng.uniform() >= sparsity;
    weight = kept ? static_cast<float>(2 * rng.uniform() - 1) : 0.0F;
  }
  return model;
}

std::vector<Model> fc_layers_of(const Model& model) {
  const std::vector<ParameterSpec> specs = parameter_specs(model.graph);
  std::vector<Model> layers;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const Node& node = model.graph.node(specs[i].node);
    if (specs[i].role != Role::weight || !is<FullyConnected>(node.op)) continue;
    Model& layer =
        layers.emplace_back(single_layer(node.name, specs[i].dims.at(1), specs[i].dims.at(0)));
    constexpr NodeId kLayer = 1;  // behind the input
    const std::vector<ParameterSpec> own = parameter_specs(layer.graph);
    for (const Role role : {Role::weight, Role::bias})
      layer.parameters[find_parameter(own, kLayer, role).value()].value =
          model.parameters[find_parameter(specs, specs[i].node, role).value()].value;
  }
  return layers;
}

KernelRaceResult race_kernels(const Model& model, const KernelRaceOptions& options) {
  if (options.batch < 1)
    throw ArgumentError("batch: expected 1 or more, got " + std::to_string(options.batch));
  Arena arena(options.threads);
  if (options.cold && arena.threads() > 1)
    throw ArgumentError("cold caches: expected 1 thread, got " + std::to_string(arena.threads()));
  const Shards even = shards_for(model, FcKernel::dense, options.batch, arena.threads());
  KernelRaceResult result{arena.threads(), chosen_kernel(model, even, options, arena), {}};
  std::vector<FcKernel> kernels = fc_candidates(Domain::onednn, even.images, true);
  if (std::ranges::find(kernels, result.chosen) == kernels.end()) kernels.push_back(result.chosen);
  std::deque<Contestant> contestants;
  arena.once_as_of(1, [&] {
    for (const FcKernel kernel : kernels)
      contestants.emplace_back(model, kernel,
                               shards_for(model, kernel, options.batch, arena.threads()));
  });
  sample_in_turns(contestants, arena, options);
  for (const Contestant& contestant : contestants)
    result.times.push_back({contestant.kernel(), 1e9 * contestant.seconds()});
  return result;
}

}  // namespace karnin
