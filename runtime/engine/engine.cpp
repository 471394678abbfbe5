#include "runtime/engine/engine.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <deque>
#include <limits>
#include <utility>

#include "runtime/core/finite.h"
#include "runtime/engine/prepared_network.h"

namespace karnin {
namespace {

using Outs = std::span<const std::span<float>>;  // one an output

}  // namespace

struct Engine::Impl {
  Impl(const NetworkView& network, const EngineOptions& options)
      : crew(options.threads),
        prepared(std::make_shared<PreparedNetwork>(network, options, crew)) {}
  Impl(const Impl& other) : crew(other.prepared->threads()), prepared(other.prepared) { hire(); }

  /// Buffers for every worker that there may be now: with the first run, as an engine may be there
  /// only to be copied.
  void hire() {
    while (std::cmp_less(workers.size(), crew.slots())) {
      microseconds.resize(workers.size() + 1, std::vector<double>(program.steps().size()));
      workers.emplace_back(program);
    }
  }

  /// Returns how many images there are. The last shard may be short: those that it lacks are blank,
  /// and nobody reads their logits.
  std::int64_t load(std::int64_t shard, std::int64_t count, const ImageLoader& loader,
                    Program::Worker& worker) const {
    const std::int64_t first = shard * images;
    const std::int64_t valid = std::min(images, count - first);
    loader(first, valid, worker.input());
    std::fill_n(worker.input() + valid * image_floats, (images - valid) * image_floats, 0.0F);
    return valid;
  }

  /// True if all that comes out is finite.
  bool run_shard(std::int64_t shard, int worker_index, std::int64_t count,
                 const ImageLoader& loader, Outs dsts) {
    const auto slot = static_cast<std::size_t>(worker_index);
    Program::Worker& worker = workers[slot];
    const std::int64_t valid = load(shard, count, loader, worker);
    worker.forward({}, profiling ? std::span(microseconds[slot]) : std::span<double>{});
    bool finite = true;
    for (std::size_t k = 0; k < dsts.size(); ++k) {
      const std::int64_t floats = program.outputs()[k].extent.size();
      std::copy_n(worker.output(k), valid * floats, dsts[k].data() + shard * images * floats);
      finite &= are_finite({worker.output(k), static_cast<std::size_t>(valid * floats)});
    }
    return finite;
  }

  Outs only(const std::span<float>& logits) const {
    if (program.outputs().size() != 1) sole_output(prepared->graph());  // throws
    return {&logits, 1};
  }

  void check_room(std::int64_t count, Outs dsts) const {
    const std::span<const Output> outputs = program.outputs();
    if (count < 0 || dsts.size() != outputs.size())
      throw ArgumentError("engine: expected room for each of " + std::to_string(outputs.size()) +
                          " outputs of 0 or more images, got that for " +
                          std::to_string(dsts.size()) + " of " + std::to_string(count));
    for (std::size_t k = 0; k < outputs.size(); ++k)
      if (const std::int64_t floats = count * outputs[k].extent.size();
          std::cmp_not_equal(dsts[k].size(), floats))
        throw ArgumentError("engine: expected room for " + std::to_string(floats) + " values of '" +
                            outputs[k].name + "', got " + std::to_string(dsts[k].size()));
  }

  /// Where on the way from the images to the outputs of this shard a value first is not finite.
  /// What a ReLU inside a layer turns into 0 is found where it comes out again.
  std::string first_non_finite(std::int64_t shard, std::int64_t count, const ImageLoader& loader) {
    std::string where = "the outputs";
    crew.for_each(1, [&](std::int64_t, int slot) {
      Program::Worker& worker = workers[static_cast<std::size_t>(slot)];
      load(shard, count, loader, worker);
      bool finite = are_finite({worker.input(), static_cast<std::size_t>(images * image_floats)});
      if (!finite) where = "the images";
      for (std::size_t i = 0; finite && i < program.steps().size(); ++i) {
        finite = worker.forward_step(i, {});
        if (!finite) where = "the output of " + program.steps()[i].layer->name();
      }
    });
    return where;
  }

  Crew crew;
  std::shared_ptr<const PreparedNetwork> prepared;
  const Program& program = prepared->program();
  const std::int64_t images = prepared->images();  // of one shard
  const std::int64_t image_floats = prepared->image().size();
  std::deque<Program::Worker> workers;            // one a thread
  std::vector<std::vector<double>> microseconds;  // [thread][layer], while profiling
  std::int64_t profiled_images = 0;
  bool profiling = false;
};

Engine::Engine(const NetworkView& network, const EngineOptions& options)
    : impl_(std::make_unique<Impl>(network, options)) {}
Engine::Engine(const Engine& prepared) : impl_(std::make_unique<Impl>(*prepared.impl_)) {}
Engine::~Engine() = default;

std::int64_t Engine::classes() const { return class_count(impl_->prepared->graph()); }
int Engine::threads() const { return impl_->crew.workers(); }
const Plan& Engine::plan() const { return impl_->prepared->plan(); }
const Extent& Engine::input() const { return impl_->prepared->image(); }
std::span<const Output> Engine::outputs() const { return impl_->program.outputs(); }

void Engine::run(std::int64_t count, const ImageLoader& loader, Outs dsts) {
  Impl& impl = *impl_;
  impl.check_room(count, dsts);
  const std::int64_t shards = (count + impl.images - 1) / impl.images;
  std::atomic<std::int64_t> unsound = std::numeric_limits<std::int64_t>::max();  // first of them
  impl.hire();
  impl.crew.for_each(shards, [&](std::int64_t shard, int worker) {
    if (impl.run_shard(shard, worker, count, loader, dsts)) return;
    for (std::int64_t first = unsound;
         shard < first && !unsound.compare_exchange_weak(first, shard);) {
    }
  });
  if (const std::int64_t shard = unsound; shard < shards)
    throw NonFiniteError("network '" + impl.prepared->graph().name + "': expected finite " +
                         (dsts.size() == 1 ? "logits" : "outputs") +
                         ", got the first infinity or NaN in " +
                         impl.first_non_finite(shard, count, loader));
  if (impl.profiling) impl.profiled_images += shards * impl.images;
}

void Engine::run(std::int64_t count, const ImageLoader& loader, std::span<float> logits) {
  run(count, loader, impl_->only(logits));
}

void Engine::run(std::span<const float> images, std::span<float> logits) {
  run(images, impl_->only(logits));
}

void Engine::run(std::span<const float> images, Outs dsts) {
  const std::int64_t floats = impl_->image_floats;
  if (images.size() % static_cast<std::size_t>(floats) != 0)
    throw ArgumentError("engine: " + std::to_string(images.size()) +
                        " floats are not whole images of " + std::to_string(floats));
  const auto count = static_cast<std::int64_t>(images.size()) / floats;
  const auto copy = [&](std::int64_t first, std::int64_t n, float* dst) {
    std::copy_n(images.data() + first * floats, n * floats, dst);
  };
  run(count, copy, dsts);
}

void Engine::set_profiling(bool on) {
  impl_->profiling = on;
  impl_->profiled_images = 0;
  for (std::vector<double>& times : impl_->microseconds) std::ranges::fill(times, 0.0);
}

std::vector<LayerProfile> Engine::profile() const {
  std::vector<LayerProfile> profiles;
  for (std::size_t i = 0; i < impl_->program.steps().size(); ++i) {
    LayerProfile profile = impl_->prepared->profile_of(i);
    for (const std::vector<double>& times : impl_->microseconds) profile.microseconds += times[i];
    if (impl_->profiled_images > 0)
      profile.microseconds /= static_cast<double>(impl_->profiled_images);
    profiles.push_back(std::move(profile));
  }
  return profiles;
}

}  // namespace karnin
