#include "train/shards.h"

#include <algorithm>
#include <cassert>

namespace karnin {
namespace {

constexpr std::int64_t kImagesPerShard = 8;

}  // namespace

std::int64_t shard_count(std::int64_t images) {
  assert(images >= 1);
  return images < 2 ? 1 : std::clamp<std::int64_t>(images / kImagesPerShard, 2, kMaxShards);
}

Shard shard_at(std::int64_t images, std::int64_t shards, std::int64_t index) {
  const std::int64_t small = images / shards;
  const std::int64_t larger = images % shards;
  return {index * small + std::min(index, larger), small + (index < larger ? 1 : 0)};
}

}  // namespace karnin
