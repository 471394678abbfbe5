#include "train/loop/shards.h"

#include <algorithm>
#include <cassert>

#include "runtime/core/ceil_div.h"
#include "runtime/kernels/kernels.h"

namespace karnin {
namespace {

// Measured with the paper's network (0.25 MiB of gradients, 0.2 MiB of activations an image) on
// cores with 0.5 MiB of L2. With oneDNN an image costs least in shards of 2 to 8: alone it wastes
// the fully connected layers (+15 %), among 16 its activations fall out of L2 (+10 %). On planes it
// takes 89, 72, 65 and 64 us in shards of 1 to 4 images, and no less in larger ones. And the
// gradient of a shard, written once and read once, costs an eighth of an image: 6 % of shards of 2,
// 2 % of 8. Lanes want a whole vector of images. So: 8 images, 16 where vectors are
// that wide, or a multiple where kMaxShards would not be enough; but two shards at least, for a
// second core.
std::int64_t images_per_shard() { return std::max<std::int64_t>(8, kernels::active().lanes); }

std::int64_t round_up(std::int64_t a, std::int64_t step) { return ceil_div(a, step) * step; }

/// Images of a shard of one ghost batch, or of as many as leave no more than kMaxShards.
std::int64_t ghost_shard(std::int64_t images, std::int64_t ghost_batch) {
  return ceil_div(ceil_div(images, ghost_batch), kMaxShards) * ghost_batch;
}

}  // namespace

std::int64_t shard_count(std::int64_t images, std::int64_t ghost_batch) {
  assert(images >= 1);
  if (ghost_batch > 0) return ceil_div(images, ghost_shard(images, ghost_batch));
  const std::int64_t most = round_up(ceil_div(images, kMaxShards), images_per_shard());
  return images < 2 ? 1 : std::max<std::int64_t>(ceil_div(images, most), 2);
}

Shard shard_at(std::int64_t images, std::int64_t shards, std::int64_t index,
               std::int64_t ghost_batch) {
  if (ghost_batch > 0) {
    const std::int64_t size = ghost_shard(images, ghost_batch);
    return {index * size, std::min(size, images - index * size)};
  }
  const std::int64_t small = images / shards;
  const std::int64_t larger = images % shards;
  return {index * small + std::min(index, larger), small + (index < larger ? 1 : 0)};
}

}  // namespace karnin
