#include "train/session/accuracy_drop.h"

#include <gtest/gtest.h>

namespace karnin {
namespace {

/// Hundredths of a point: in integers nothing is rounded.
TEST(AccuracyDrop, IsTheWholeImagesInIt) {
  for (const std::int64_t images : {1, 60, 999, 5'000, 6'000, 128'117, 1'000'000})
    for (std::int64_t hundredths = 0; hundredths <= 10'000; ++hundredths)
      ASSERT_EQ(allowed_losses(static_cast<double>(hundredths) / 100, images),
                hundredths * images / 10'000)
          << hundredths << " hundredths of a point, " << images << " images";
}

}  // namespace
}  // namespace karnin
