#include "train/loop/validation_split.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
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

/// Takes those of `order` (ascending) out of `all`, which has `size` elements for each.
template <typename T>
std::vector<T> taken(std::vector<T>& all, std::size_t size,
                     const std::vector<std::int64_t>& order) {
  std::vector<T> out;
  out.reserve(order.size() * size);
  auto next = order.begin();
  auto to = all.begin();
  // The others move up in place: a second copy of a large set might not fit.
  for (std::size_t i = 0; i < all.size() / size; ++i) {
    const auto from = std::span(all).subspan(i * size, size);
    if (next != order.end() && std::cmp_equal(*next, i)) {
      ++next;
      out.insert(out.end(), from.begin(), from.end());
    } else {
      to = std::ranges::copy(from, to).out;
    }
  }
  all.erase(to, all.end());
  return out;
}

}  // namespace

ImageSet hold_out(ImageSet& images, double share, std::uint64_t seed) {
  const std::int64_t count = held_out_count(images.size(), share);
  const std::vector<std::int64_t> order = chosen(images.size(), count, seed);
  ImageSet held_out{images.extent, {}, {}};
  const auto size = static_cast<std::size_t>(images.extent.size());
  if (images.holds_floats())
    held_out.values = taken(images.values, size, order);
  else
    held_out.pixels = taken(images.pixels, size, order);
  held_out.labels = taken(images.labels, 1, order);
  return held_out;
}

}  // namespace karnin
