// How much worse --max-accuracy-drop lets a model get, in whole images.
#pragma once

#include <cstdint>

namespace karnin {

/// Of the training images, those that judge.
inline constexpr double kHeldBackShare = 0.1;

/// The most images, of so many, that may be lost when `points` of accuracy may. Whole images
/// decide, not fractions of a point that no image stands for.
std::int64_t allowed_losses(double points, std::int64_t images);

}  // namespace karnin
