#include "runtime/engine/crew.h"

#include <algorithm>

namespace karnin {

Crew::Crew(int threads) : alone_(threads == 1) {
  if (!alone_ && threads != kCallersArena) arena_ = std::make_unique<Arena>(threads);
}

int Crew::workers() const {
  if (alone_) return 1;
  return arena_ ? arena_->threads() : oneapi::tbb::this_task_arena::max_concurrency();
}

int Crew::slots() const { return alone_ || arena_ ? workers() : std::max(workers(), 2); }

}  // namespace karnin
