#include "train/loop/data_order.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <utility>

#include "runtime/core/counter_rng.h"

namespace karnin {
namespace {

// Different uses of one seed must not share their random numbers.
constexpr std::uint64_t kOrderStream = 0x6f72646572;         // "order"
constexpr std::uint64_t kAugmentationStream = 0x6175676d65;  // "augme"
constexpr std::uint64_t kBatchStream = 0x6261746368;         // "batch"

void shuffle(CounterRng& rng, std::vector<std::int64_t>& order) {
  for (std::size_t left = order.size(); left > 1; --left)  // Fisher and Yates, from the back
    std::swap(order[left - 1], order[rng.below(left)]);
}

/// Cuts [0, 1) into as many equal parts as a class has images, and gives each one, in their present
/// order, a random time in its part; then sorts by time. So at any moment of the epoch every class
/// has shown the same share of its images, one image more or less.
void spread_classes(std::span<const std::uint8_t> labels, CounterRng& rng,
                    std::vector<std::int64_t>& order) {
  std::array<double, std::numeric_limits<std::uint8_t>::max() + 1> images{}, shown{};
  for (const std::uint8_t label : labels) images[label] += 1;
  std::vector<std::pair<double, std::int64_t>> times;
  times.reserve(order.size());
  for (const std::int64_t image : order) {
    const std::uint8_t label = labels[static_cast<std::size_t>(image)];
    times.emplace_back((shown[label] + rng.uniform()) / images[label], image);
    shown[label] += 1;
  }
  std::ranges::sort(times);
  std::ranges::transform(times, order.begin(), [](const auto& time) { return time.second; });
}

}  // namespace

void order_epoch(std::span<const std::uint8_t> labels, std::uint64_t seed, std::uint64_t epoch,
                 std::vector<std::int64_t>& order) {
  order.resize(labels.size());
  std::iota(order.begin(), order.end(), std::int64_t{0});
  CounterRng rng(hash(seed, kOrderStream), epoch);
  shuffle(rng, order);
  spread_classes(labels, rng, order);
}

void draw_batch(std::int64_t images, std::uint64_t seed, std::uint64_t step,
                std::span<std::int64_t> indices) {
  CounterRng rng(hash(seed, kBatchStream), step);
  for (std::int64_t& index : indices)
    index = static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(images)));
}

std::uint64_t augmentation_draw(std::uint64_t seed, std::uint64_t epoch, std::int64_t image) {
  return hash(seed, kAugmentationStream, epoch, static_cast<std::uint64_t>(image));
}

}  // namespace karnin
