// Rows of a sparse convolution, shared by threads that have no shard.
#pragma once

#include <algorithm>

#include "runtime/core/parallel.h"
#include "runtime/kernels/kernels.h"

namespace karnin {

/// body(first, end) for rows that make all of dst together, each time whole tiles, at once on as
/// many threads as it pays to wake. `images` stand side by side or one after the other.
template <typename Body>
void share_rows(const kernels::ConvShape& s, const kernels::SparseTiles& kept, std::int64_t images,
                const Body& body) {
  constexpr std::int64_t kSharedProducts = 200'000;
  const std::int64_t weights = kept.runs[kept.first_run[kept.groups]].first_entry;
  const std::int64_t each = kept.tile.rows, tiles = (s.oh + each - 1) / each;
  const bool shared = images * s.oh * s.ow * weights >= kSharedProducts;
  const std::int64_t parts = shared ? std::min<std::int64_t>(tiles, Arena::sharers()) : 1;
  Arena::share(parts, [&](std::int64_t part) {
    const std::int64_t first = part * tiles / parts, end = (part + 1) * tiles / parts;
    body(first * each, std::min(end * each, s.oh));
  });
}

}  // namespace karnin
