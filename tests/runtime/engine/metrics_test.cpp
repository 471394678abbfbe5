#include "runtime/engine/metrics.h"

#include <gmock/gmock.h>

#include "runtime/core/error.h"

namespace karnin {
namespace {

using testing::ElementsAre;

TEST(Predict, TakesTheFirstOfEqualMaxima) {
  const std::vector<float> logits{0, 2, 2, -1, -3, -2, 5, 5, 5};
  EXPECT_THAT(predict(logits, 3), ElementsAre(1, 0, 0));
}

TEST(Predict, RefusesBrokenRows) {
  EXPECT_THROW(predict(std::vector<float>(7), 3), ArgumentError);
  EXPECT_THROW(predict(std::vector<float>(0), 0), ArgumentError);
  EXPECT_THROW(predict(std::vector<float>(257), 257), ArgumentError);
}

TEST(ConfusionMatrix, CountsRowsByTrueClass) {
  ConfusionMatrix matrix(3);
  const std::vector<std::uint8_t> labels{0, 0, 0, 1, 1, 2};
  const std::vector<std::uint8_t> predictions{0, 1, 0, 1, 2, 0};
  matrix.add(labels, predictions);
  EXPECT_EQ(matrix.at(0, 0), 2);
  EXPECT_EQ(matrix.at(0, 1), 1);
  EXPECT_EQ(matrix.at(2, 0), 1);
  EXPECT_EQ(matrix.images(), 6);
  EXPECT_EQ(matrix.correct(), 3);
  EXPECT_DOUBLE_EQ(matrix.accuracy(), 0.5);
  EXPECT_DOUBLE_EQ(matrix.class_accuracy(0).value(), 2.0 / 3.0);
  EXPECT_EQ(matrix.class_accuracy(2), 0.0);
}

TEST(ConfusionMatrix, KnowsNothingOfClassesWithoutImages) {
  const ConfusionMatrix matrix(2);
  EXPECT_DOUBLE_EQ(matrix.accuracy(), 0.0);
  EXPECT_EQ(matrix.class_accuracy(1), std::nullopt);
}

TEST(ConfusionMatrix, KnowsNothingOfAClassThatIsOnlyPredicted) {
  ConfusionMatrix matrix(3);
  matrix.add(std::vector<std::uint8_t>{0, 2}, std::vector<std::uint8_t>{1, 1});
  EXPECT_EQ(matrix.class_accuracy(0), 0.0);
  EXPECT_EQ(matrix.class_accuracy(1), std::nullopt);
}

TEST(ConfusionMatrix, RefusesWhatItCannotCount) {
  ConfusionMatrix matrix(2);
  const std::vector<std::uint8_t> good{0, 1}, short_one{0}, bad{0, 2};
  EXPECT_THROW(matrix.add(good, short_one), ArgumentError);
  EXPECT_THROW(matrix.add(bad, good), ArgumentError);
  EXPECT_THROW(matrix.add(good, bad), ArgumentError);
  EXPECT_EQ(matrix.images(), 0);
  using Counts = std::vector<std::int64_t>;
  for (const Counts& counts : {Counts{1, 2, 3}, Counts{1, 2, 3, 4, 5}, Counts{1, 0, -1, 2}})
    EXPECT_THROW(ConfusionMatrix{counts}, ArgumentError);
}

TEST(ConfusionMatrix, IsMadeAgainFromItsCounts) {
  ConfusionMatrix matrix(3);
  matrix.add(std::vector<std::uint8_t>{0, 1, 2, 2}, std::vector<std::uint8_t>{0, 2, 2, 2});
  const ConfusionMatrix again({matrix.counts().begin(), matrix.counts().end()});
  EXPECT_EQ(again.classes(), 3);
  EXPECT_EQ(again.at(1, 2), 1);
  EXPECT_EQ(again.at(2, 2), 2);
  EXPECT_EQ(again.correct(), 3);
}

}  // namespace
}  // namespace karnin
