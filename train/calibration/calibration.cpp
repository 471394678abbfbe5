#include "train/calibration/calibration.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "runtime/core/counter_rng.h"

namespace karnin {

ImageSet draw_images(const ImageSet& all, std::int64_t count, std::uint64_t seed) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(all.size()));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  count = std::min(count, all.size());
  std::ranges::nth_element(order, order.begin() + count, {}, [&](std::int64_t image) {
    return hash(seed, static_cast<std::uint64_t>(image), 0);
  });
  order.resize(static_cast<std::size_t>(count));
  std::ranges::sort(order);
  ImageSet drawn{all.extent, {}, std::vector<std::uint8_t>(order.size())};
  for (const std::int64_t image : order) {
    if (all.holds_floats())
      drawn.values.insert(drawn.values.end(), all.floats(image).begin(), all.floats(image).end());
    else
      drawn.pixels.insert(drawn.pixels.end(), all.image(image).begin(), all.image(image).end());
  }
  return drawn;
}

}  // namespace karnin
