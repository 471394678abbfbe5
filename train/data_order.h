// Which image comes when, and what chance does to it: functions of (seed, epoch) alone, so that a
// resumed run needs no generator state beyond the numbers that it counts anyway.
#pragma once

#include <cstdint>
#include <vector>

namespace karnin {

/// Every index of [0, images) once, shuffled for this epoch; `order` is reused.
void shuffle_epoch(std::int64_t images, std::uint64_t seed, std::uint64_t epoch,
                   std::vector<std::int64_t>& order);

/// The `draw` of load_image() (augmentation.h) for this image in this epoch.
std::uint64_t augmentation_draw(std::uint64_t seed, std::uint64_t epoch, std::int64_t image);

}  // namespace karnin
