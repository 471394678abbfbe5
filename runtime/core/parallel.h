// The one thread pool. Work is split over batch shards; inside a shard everything is serial, but
// for what threads without a shard may take.
#pragma once

#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <cstdint>
#include <memory>

namespace karnin {

/// The most that an Arena may be asked for.
inline constexpr int kMaxThreads = 1024;

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
    const bool spare = count < threads();
    arena().execute([&] {
      split(count, [&](std::int64_t i) {
        const SpareThreads scope(spare);
        body(i);
      });
    });
  }

  /// body() on one worker, where share() does as it will in a for_each of so many.
  template <typename Body>
  void once_as_of(std::int64_t count, const Body& body) {
    arena().execute([&] {
      const SpareThreads scope(count < threads());
      body();
    });
  }

  /// body() on this thread, where share() finds nobody, whatever it is called from.
  template <typename Body>
  static void alone(const Body& body) {
    const SpareThreads scope(false);
    body();
  }

  /// Inside for_each: body(i) for every i in [0, count), on this thread and those for which
  /// for_each had too few. Meanwhile this one takes up nothing else, so what belongs to
  /// worker() stays its own. Must not throw.
  template <typename Body>
  static void share(std::int64_t count, const Body& body) {
    if (count > 1 && sharers() > 1)
      oneapi::tbb::this_task_arena::isolate([&] { split(count, body); });
    else
      for (std::int64_t i = 0; i < count; ++i) body(i);
  }

  /// Threads that may take part in share(): 1 if none is spare.
  static int sharers() {
    return SpareThreads::any() ? oneapi::tbb::this_task_arena::max_concurrency() : 1;
  }

  /// Which worker of the arena this thread is, in [0, threads()). Only meaningful inside for_each.
  static int worker() { return oneapi::tbb::this_task_arena::current_thread_index(); }

 private:
  /// What this thread knows while it lives: whether others are idle.
  class SpareThreads {
   public:
    explicit SpareThreads(bool any) : before_(exchange(any)) {}
    ~SpareThreads() { exchange(before_); }
    SpareThreads(const SpareThreads&) = delete;
    SpareThreads& operator=(const SpareThreads&) = delete;
    static bool any();

   private:
    static bool exchange(bool any);
    bool before_;
  };

  template <typename Body>
  static void split(std::int64_t count, const Body& body) {
    oneapi::tbb::parallel_for(
        oneapi::tbb::blocked_range<std::int64_t>(0, count, 1),
        [&](const auto& range) {
          for (std::int64_t i = range.begin(); i != range.end(); ++i) body(i);
        },
        oneapi::tbb::simple_partitioner{});
  }

  oneapi::tbb::task_arena& arena();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace karnin
