// The one thread pool. Work is split over batch shards; inside a shard everything is serial.
#pragma once

#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <cstdint>
#include <memory>

namespace karnin {

/// Threads that this machine offers to this process (its CPU affinity counts).
int hardware_threads();

/// A TBB arena of a fixed width. oneDNN's own pool keeps out of its way: runtime/onednn holds every
/// call to the calling thread.
class Arena {
 public:
  /// threads >= 1, or 0 for hardware_threads(). More than the hardware has is allowed.
  explicit Arena(int threads = 0);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  int threads() const;

  /// body(i) for every i in [0, count), each exactly once, in any order, on any worker.
  /// An exception from body ends the loop and is rethrown here.
  template <typename Body>
  void for_each(std::int64_t count, const Body& body) {
    arena().execute([&] {
      oneapi::tbb::parallel_for(
          oneapi::tbb::blocked_range<std::int64_t>(0, count, 1),
          [&](const auto& range) {
            for (std::int64_t i = range.begin(); i != range.end(); ++i) body(i);
          },
          oneapi::tbb::simple_partitioner{});
    });
  }

  /// Which worker of the arena this thread is, in [0, threads()). Only meaningful inside for_each.
  static int worker() { return oneapi::tbb::this_task_arena::current_thread_index(); }

 private:
  oneapi::tbb::task_arena& arena();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace karnin
