// Which outputs of a layer are looked at.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace karnin {

/// So many positions of each image, evenly spread, from a place that differs from image to image.
class SampledPositions {
 public:
  /// All, if that makes no more than kSamples of so many images.
  SampledPositions(std::int64_t positions, std::int64_t images, std::uint64_t seed);

  std::int64_t count() const { return count_; }  ///< of an image
  std::int64_t at(std::int64_t image, std::int64_t i) const;

  /// The values there, position after position, of images [first, ...) x channels x positions:
  /// samples x channels.
  std::vector<float> take(std::span<const float> values, std::int64_t first,
                          std::int64_t channels) const;

  /// Of one layer: neighbours are much alike, and more tell little more.
  static constexpr std::int64_t kSamples = std::int64_t{1} << 16;

 private:
  std::int64_t positions_, count_;
  std::uint64_t seed_;
};

}  // namespace karnin
