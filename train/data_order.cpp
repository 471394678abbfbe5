#include "train/data_order.h"

#include <numeric>
#include <utility>

#include "runtime/core/counter_rng.h"

namespace karnin {
namespace {

// Different uses of one seed must not share their random numbers.
constexpr std::uint64_t kOrderStream = 0x6f72646572;         // "order"
constexpr std::uint64_t kAugmentationStream = 0x6175676d65;  // "augme"

}  // namespace

void shuffle_epoch(std::int64_t images, std::uint64_t seed, std::uint64_t epoch,
                   std::vector<std::int64_t>& order) {
  order.resize(static_cast<std::size_t>(images));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  CounterRng rng(hash(seed, kOrderStream), epoch);
  for (std::size_t left = order.size(); left > 1; --left)  // Fisher and Yates, from the back
    std::swap(order[left - 1], order[rng.below(left)]);
}

std::uint64_t augmentation_draw(std::uint64_t seed, std::uint64_t epoch, std::int64_t image) {
  return hash(seed, kAugmentationStream, epoch, static_cast<std::uint64_t>(image));
}

}  // namespace karnin
