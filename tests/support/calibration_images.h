// Images that a test has as floats, to calibrate by.
#pragma once

#include <algorithm>

#include "formats/data/image_set.h"
#include "train/calibration/calibration.h"

namespace karnin::test {

/// Keeps a reference to what holds floats.
inline CalibrationImages calibration_images(const ImageSet& set) {
  return {set.size(), set.extent, [&set](std::int64_t first, std::int64_t count, float* dst) {
            const std::int64_t floats = set.extent.size();
            std::copy_n(set.values.data() + first * floats, count * floats, dst);
          }};
}

}  // namespace karnin::test
