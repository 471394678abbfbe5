#include "train/loop/validation_split.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "runtime/core/counter_rng.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

constexpr std::uint64_t kSplitStream = 0x73706c6974;  // "split"

std::int64_t held_out_count(std::int64_t images, double share) {
  if (!(share > 0 && share < 1))
    throw ArgumentError(fmt::format("validation share: expected between 0 and 1, got {}", share));
  const auto count = std::max<std::int64_t>(std::llround(share * static_cast<double>(images)), 1);
  if (count >= images)
    throw ArgumentError(
        fmt::format("validation share: {} of {} images leaves none to train on", share, images));
  return count;
}

/// The images whose hashes are the lowest, ascending.
std::vector<std::int64_t> chosen(std::int64_t images, std::int64_t count, std::uint64_t seed) {
  std::vector<std::pair<std::uint64_t, std::int64_t>> keys;
  keys.reserve(static_cast<std::size_t>(images));
  for (std::int64_t i = 0; i < images; ++i)
    keys.emplace_back(hash(seed, kSplitStream, static_cast<std::uint64_t>(i)), i);
  std::ranges::nth_element(keys, keys.begin() + count);
  std::vector<std::int64_t> order;
  for (std::int64_t i = 0; i < count; ++i)
    order.push_back(keys[static_cast<std::size_t>(i)].second);
  std::ranges::sort(order);
  return order;
}

}  // namespace

ImageSet hold_out(ImageSet& images, double share, std::uint64_t seed) {
  const std::int64_t count = held_out_count(images.size(), share);
  ImageSet held_out{images.extent, {}, {}};
  held_out.pixels.reserve(static_cast<std::size_t>(count * images.extent.size()));
  const std::vector<std::int64_t> order = chosen(images.size(), count, seed);
  auto next = order.begin();
  auto pixels = images.pixels.begin();
  auto labels = images.labels.begin();
  // The others move up in place: a second copy of a large set might not fit.
  for (std::int64_t i = 0; i < images.size(); ++i) {
    const auto image = images.image(i);
    const std::uint8_t label = images.labels[static_cast<std::size_t>(i)];
    if (next != order.end() && *next == i) {
      ++next;
      held_out.pixels.insert(held_out.pixels.end(), image.begin(), image.end());
      held_out.labels.push_back(label);
    } else {
      pixels = std::ranges::copy(image, pixels).out;
      *labels++ = label;
    }
  }
  images.pixels.erase(pixels, images.pixels.end());
  images.labels.erase(labels, images.labels.end());
  return held_out;
}

}  // namespace karnin
