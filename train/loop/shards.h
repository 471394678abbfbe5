// How a batch is cut into shards: by its size and the instruction set's vectors, or by the ghost
// batches of batch norm, never by the number of threads, so that the same numbers are added up in
// the same order whoever computes them.
#pragma once

#include <cstdint>

namespace karnin {

/// A run of consecutive images of a batch.
struct Shard {
  std::int64_t first = 0;
  std::int64_t count = 0;
  bool operator==(const Shard&) const = default;
};

/// More shards than this would spend more on adding up their gradients than they win.
inline constexpr std::int64_t kMaxShards = 32;

/// Shards of a batch of `images` >= 1; in [1, min(images, kMaxShards)]. With ghost batches of so
/// many images, each is a multiple of them, but for the last.
std::int64_t shard_count(std::int64_t images, std::int64_t ghost_batch = 0);

/// Shard `index` of `shards`, as shard_count() has them: together they cover [0, images) in order.
/// Their sizes differ by at most one, the larger ones first; with ghost batches the last may be as
/// small as it comes.
Shard shard_at(std::int64_t images, std::int64_t shards, std::int64_t index,
               std::int64_t ghost_batch = 0);

}  // namespace karnin
