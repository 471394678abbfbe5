// What a pruned network is fitted by.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "runtime/core/extent.h"
#include "runtime/engine/engine.h"

namespace karnin {

/// Images that the network was made for, as it takes them; wherever they are.
struct CalibrationImages {
  std::int64_t count = 0;
  Extent extent;
  ImageLoader load;
};

struct Calibration {
  CalibrationImages images;
  int threads = 0;         ///< 0: all; the results are the same for any number
  std::uint64_t seed = 1;  ///< of the positions in an image that are looked at
  double damping = 0.01;   ///< added to the diagonal of H, times its mean
  /// Told before each layer how far it is, and which it is; may be empty.
  std::function<void(double fraction, const std::string& layer)>
      progress{};  // NOLINT(*-redundant-member-init): GCC asks for it
};

}  // namespace karnin
