#include "runtime/program/placement.h"

#include <algorithm>
#include <numeric>

namespace karnin {

Placement place(std::span<const Lifetime> lifetimes) {
  std::vector<std::size_t> order(lifetimes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return lifetimes[i].from; });
  Placement placement{std::vector<std::size_t>(lifetimes.size()), {}};
  std::vector<int> taken_until;  // of each buffer
  for (const std::size_t i : order) {
    const Lifetime& life = lifetimes[i];
    const auto free =
        std::ranges::find_if(taken_until, [&](int until) { return until < life.from; });
    const auto buffer = static_cast<std::size_t>(free - taken_until.begin());
    if (free == taken_until.end()) {
      taken_until.push_back(0);
      placement.floats.push_back(0);
    }
    taken_until[buffer] = life.to;
    placement.floats[buffer] = std::max(placement.floats[buffer], life.floats);
    placement.buffers[i] = buffer;
  }
  return placement;
}

}  // namespace karnin
