#include "train/calibration/sampled_positions.h"

#include <algorithm>

#include "runtime/core/counter_rng.h"

namespace karnin {

SampledPositions::SampledPositions(std::int64_t positions, std::int64_t images, std::uint64_t seed)
    : positions_(positions),
      count_(std::clamp<std::int64_t>((kSamples + images - 1) / images, 1, positions)),
      seed_(seed) {}

std::int64_t SampledPositions::at(std::int64_t image, std::int64_t i) const {
  const double from = uniform01(hash(seed_, static_cast<std::uint64_t>(image)));
  const double share = (static_cast<double>(i) + from) / static_cast<double>(count_);
  const auto place = static_cast<std::int64_t>(share * static_cast<double>(positions_));
  return std::min(positions_ - 1, place);
}

std::vector<float> SampledPositions::take(std::span<const float> values, std::int64_t first,
                                          std::int64_t channels) const {
  const auto floats = static_cast<std::size_t>(channels * positions_);
  std::vector<float> taken;
  taken.reserve(values.size() / static_cast<std::size_t>(positions_ / count_));
  for (std::int64_t image = first; !values.empty(); ++image, values = values.subspan(floats))
    for (std::int64_t i = 0; i < count_; ++i)
      for (std::int64_t c = 0; c < channels; ++c)
        taken.push_back(values[static_cast<std::size_t>(c * positions_ + at(image, i))]);
  return taken;
}

}  // namespace karnin
