#include "train/calibration/surgeon_scores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/calibration_images.h"
#include "tests/support/fill.h"
#include "tests/support/filled_model.h"
#include "tests/train/calibration/noise.h"

namespace karnin {
namespace {

using testing::Each;

TEST(SurgeonScores, AreSharesOfTheVarianceOfALayer) {
  const Model model = test::filled_model(make_chain("n", {4, 1, 1}, {{"fc", FullyConnected{2}}}));
  const ImageSet images = test::noise({4, 1, 1}, 100);
  const auto scores = surgeon_scores(model, {"fc"}, {test::calibration_images(images)});
  ASSERT_EQ(scores.size(), 2U);
  EXPECT_EQ(scores[0].method, "obs");
  EXPECT_EQ(scores[1].method, "obd");
  // By hand: the covariance of the inputs, and what the outputs vary.
  double covariance[4][4] = {}, means[4] = {};
  for (std::size_t image = 0; image < 100; ++image)
    for (std::size_t i = 0; i < 4; ++i) means[i] += double{images.values[image * 4 + i]} / 100;
  for (std::size_t image = 0; image < 100; ++image)
    for (std::size_t i = 0; i < 4; ++i)
      for (std::size_t j = 0; j < 4; ++j)
        covariance[i][j] += (double{images.values[image * 4 + i]} - means[i]) *
                            (double{images.values[image * 4 + j]} - means[j]) / 100;
  const float* const w = model.parameters[0].value.data();
  double variance = 0;
  for (std::size_t row = 0; row < 2; ++row)
    for (std::size_t i = 0; i < 4; ++i)
      for (std::size_t j = 0; j < 4; ++j)
        variance += double{w[row * 4 + i]} * covariance[i][j] * double{w[row * 4 + j]};
  for (std::size_t i = 0; i < 8; ++i)
    EXPECT_NEAR(scores[1].values[0].data()[i],
                double{w[i]} * double{w[i]} * covariance[i % 4][i % 4] / variance, 1e-5);
  // A weight that others can stand in for costs less.
  for (std::size_t i = 0; i < 2; ++i) {
    const auto least = std::min_element(scores[0].values[0].data() + 4 * i,
                                        scores[0].values[0].data() + 4 * i + 4);
    EXPECT_LT(*least, scores[1].values[0].data()[least - scores[0].values[0].data()] + 1e-6F);
  }
}

TEST(SurgeonScores, AreOfTheChosenLayersAloneAndTheSameForAnyThreads) {
  const Model model =
      test::filled_model(make_chain("n", {4, 5, 5},
                                    {{"conv", {Conv2d{.oc = 6, .kh = 3, .kw = 3, .groups = 2}}},
                                     {"relu", Relu{}},
                                     {"fc", FullyConnected{3}}}));
  const ImageSet images = test::noise({4, 5, 5}, 64);
  Calibration calibration{test::calibration_images(images)};
  calibration.threads = 1;
  const auto one = surgeon_scores(model, {"conv"}, calibration);
  calibration.threads = 3;
  EXPECT_EQ(one, surgeon_scores(model, {"conv"}, calibration));
  EXPECT_THAT(one[0].values[0].span(), Each(testing::Gt(0.0F)));
  for (std::size_t p = 1; p < 4; ++p) EXPECT_THAT(one[0].values[p].span(), Each(0.0F));
}

TEST(SurgeonScores, OfALayerThatNeverChangesAreNothing) {
  const Model model = test::filled_model(make_chain("n", {2, 1, 1}, {{"fc", FullyConnected{2}}}));
  ImageSet same = test::noise({2, 1, 1}, 8);
  std::ranges::fill(same.values, 0.5F);
  const auto scores = surgeon_scores(model, {"fc"}, {test::calibration_images(same)});
  for (const Sensitivity& of_method : scores)
    for (const float score : of_method.values[0].span()) EXPECT_TRUE(std::isfinite(score));
}

}  // namespace
}  // namespace karnin
