// What a pruned network is fitted by.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "formats/data/image_set.h"

namespace karnin {

/// Images that the network was made for, of which no label is looked at.
struct Calibration {
  const ImageSet& images;
  int threads = 0;         ///< 0: all; the results are the same for any number
  std::uint64_t seed = 1;  ///< of the positions in an image that are looked at
  double damping = 0.01;   ///< added to the diagonal of H, times its mean
  /// Told before each layer how far it is, and which it is; may be empty.
  std::function<void(double fraction, const std::string& layer)>
      progress{};  // NOLINT(*-redundant-member-init): GCC asks for it
};

/// `count` of these images, drawn by their numbers' hashes, in their order; all if there are fewer.
/// Their labels are 0.
ImageSet draw_images(const ImageSet& all, std::int64_t count, std::uint64_t seed);

}  // namespace karnin
