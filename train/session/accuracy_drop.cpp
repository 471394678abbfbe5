#include "train/session/accuracy_drop.h"

#include <cmath>

namespace karnin {

std::int64_t allowed_losses(double points, std::int64_t images) {
  // 0.7 points of 5,000 images are 35, but 34.99...9 in floating point.
  constexpr double kSlack = 1e-9;
  return static_cast<std::int64_t>(std::floor(points / 100 * static_cast<double>(images) + kSlack));
}

}  // namespace karnin
