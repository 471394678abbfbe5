#include "runtime/core/parallel.h"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>

#include <algorithm>
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
  explicit Impl(int threads)
      : limit(oneapi::tbb::global_control::max_allowed_parallelism,
              static_cast<std::size_t>(std::max(threads, hardware_threads()))),
        arena(threads) {}

  oneapi::tbb::global_control
      limit;  // lets the arena be wider than the machine, unless a narrower one lives
  oneapi::tbb::task_arena arena;
};

int hardware_threads() { return oneapi::tbb::info::default_concurrency(); }

Arena::Arena(int threads) : impl_(std::make_unique<Impl>(checked_threads(threads))) {}
Arena::~Arena() = default;

int Arena::threads() const { return impl_->arena.max_concurrency(); }
oneapi::tbb::task_arena& Arena::arena() { return impl_->arena; }

}  // namespace karnin
