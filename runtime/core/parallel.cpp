#include "runtime/core/parallel.h"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>

#include <optional>
#include <string>
#include <utility>

#include "runtime/core/error.h"

namespace karnin {
namespace {

int checked_threads(int threads) {
  if (threads < 0 || threads > kMaxThreads)
    throw ArgumentError("threads: expected 0 (all) to " + std::to_string(kMaxThreads) + ", got " +
                        std::to_string(threads));
  return threads == 0 ? hardware_threads() : threads;
}

thread_local bool spare_threads = false;

}  // namespace

bool Arena::SpareThreads::any() { return spare_threads; }
bool Arena::SpareThreads::exchange(bool any) { return std::exchange(spare_threads, any); }

struct Arena::Impl {
  explicit Impl(int threads) : arena(threads) {
    using Control = oneapi::tbb::global_control;
    if (threads > hardware_threads())
      wide.emplace(Control::max_allowed_parallelism, static_cast<std::size_t>(kMaxThreads));
  }

  /// Lets the arena be wider than the machine. It is the same for all such arenas, as TBB takes the
  /// least of those that live, and makes no thread.
  std::optional<oneapi::tbb::global_control> wide;
  oneapi::tbb::task_arena arena;
};

int hardware_threads() { return oneapi::tbb::info::default_concurrency(); }

Arena::Arena(int threads) : impl_(std::make_unique<Impl>(checked_threads(threads))) {}
Arena::~Arena() = default;

int Arena::threads() const { return impl_->arena.max_concurrency(); }
oneapi::tbb::task_arena& Arena::arena() { return impl_->arena; }

}  // namespace karnin
