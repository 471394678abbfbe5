// Which threads run the shards of a batch.
#pragma once

#include <cstdint>
#include <memory>

#include "runtime/core/parallel.h"

namespace karnin {

/// For EngineOptions::threads: no threads of the engine's own, but those of the TBB arena from
/// which run() is called. A shard stays on one of them.
inline constexpr int kCallersArena = -1;

class Crew {
 public:
  /// 1: whoever calls, and nothing of TBB is touched. 0 or more: an Arena of so many.
  /// kCallersArena: as it says. Throws ArgumentError for any other number.
  explicit Crew(int threads);

  /// Workers that there may be now, the calling thread included.
  int workers() const;
  /// A worker's number is below this. In the caller's arena that is 2 at least: TBB lets one more
  /// thread into an arena of one if somebody enqueues work there.
  int slots() const;

  /// body() on one worker, where Arena::sharers() is what it will be in a for_each of so many
  /// shards.
  template <typename Body>
  void plan_for(std::int64_t shards, const Body& body) {
    if (arena_)
      arena_->once_as_of(shards, body);
    else
      Arena::alone(body);
  }

  /// body(i, worker) for every i in [0, count), in any order; worker is in [0, slots()), and has
  /// one thread at a time. Rethrows what body throws.
  template <typename Body>
  void for_each(std::int64_t count, const Body& body) {
    if (alone_)
      Arena::alone([&] {
        for (std::int64_t i = 0; i < count; ++i) body(i, 0);
      });
    else if (arena_)
      arena_->for_each(count, [&](std::int64_t i) { body(i, Arena::worker()); });
    else
      in_callers_arena(count, body);
  }

 private:
  /// Isolated: a thread that waits for the others must not take up something else of the caller's,
  /// which might want the same engine.
  template <typename Body>
  static void in_callers_arena(std::int64_t count, const Body& body) {
    namespace tbb = oneapi::tbb;
    tbb::this_task_arena::isolate([&] {
      tbb::parallel_for(
          std::int64_t{0}, count,
          [&](std::int64_t i) { Arena::alone([&] { body(i, Arena::worker()); }); },
          tbb::simple_partitioner{});
    });
  }

  bool alone_;
  std::unique_ptr<Arena> arena_;  // none: alone, or the caller's
};

}  // namespace karnin
