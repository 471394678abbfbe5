#include "train/session/calibrated_pruning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "tests/support/trained_network.h"
#include "train/session/evaluation.h"

namespace karnin {
namespace {

ImageSet squares(std::int64_t count, std::uint64_t seed) {
  return test::bright_squares(test::kSmallExtent, test::kSmallClasses, count, seed);
}

class CalibratedPruningTest : public testing::Test {
 protected:
  CalibratedPruningTest() {
    options_.method = PruneMethod::obs;
    options_.scope = Scope::global;
    options_.layers = {"conv1", "fc1"};
  }

  Model model_ = test::trained_network();
  ImageSet images_ = squares(60, 9), judges_ = squares(40, 10);
  PruneOptions options_;
};

TEST_F(CalibratedPruningTest, FindsTheMostThatMayGo) {
  const Model dense = model_;
  const auto correct = [&](double sparsity) {
    Model model = dense;
    options_.until = Sparsity{sparsity};
    CalibratedPruning(model, images_, options_, 2, {}).prune("");
    return classify(model, judges_, 2).correct();
  };
  const SparsityReport report =
      CalibratedPruning(model_, images_, options_, 2, {}).search(judges_, 5);
  EXPECT_EQ(report.images, 40);
  EXPECT_FALSE(report.interrupted);
  const std::int64_t before = classify(dense, judges_, 2).correct();
  EXPECT_EQ(report.accuracy_before, static_cast<double>(before) / 40);
  EXPECT_EQ(report.accuracy_after, static_cast<double>(correct(report.sparsity)) / 40);
  EXPECT_GE(correct(report.sparsity), before - 2);
  EXPECT_LT(correct(report.sparsity + 1.0 / 256), before - 2);
}

TEST_F(CalibratedPruningTest, PrunesAsFarAsItFound) {
  CalibratedPruning pruning(model_, images_, options_, 1, {});
  const SparsityReport found = pruning.search(judges_, 100);
  EXPECT_EQ(found.sparsity, 255.0 / 256);
  const PruneReport::LayerCount all = total(pruning.prune("squares"));
  EXPECT_EQ(all.pruned, std::llround(found.sparsity * static_cast<double>(all.weights)));
  EXPECT_THAT(model_.provenance, testing::HasSubstr(R"("data":"squares")"));
}

TEST_F(CalibratedPruningTest, AnInterruptionKeepsWhatWasFound) {
  int asked = 0;
  Watcher watcher;
  watcher.stop = [&] { return ++asked >= 2; };
  const SparsityReport found =
      CalibratedPruning(model_, images_, options_, 1, watcher).search(judges_, 100);
  EXPECT_TRUE(found.interrupted);
  EXPECT_EQ(found.sparsity, 0.75);
}

TEST_F(CalibratedPruningTest, AgreesWithItself) {
  const Dataset own = labelled_by(model_, images_, 2);
  EXPECT_EQ(classify(model_, own.train, 1).accuracy(), 1);
  EXPECT_EQ(own.test.size(), 0);
}

TEST(DrawImages, TakesSoManyInTheirOrder) {
  ImageSet all{{1, 1, 1}, {}, std::vector<std::uint8_t>(50, 3), std::vector<float>(50)};
  std::iota(all.values.begin(), all.values.end(), 0.0F);
  const ImageSet drawn = draw_images(all, 20, 1);
  EXPECT_EQ(drawn.size(), 20);
  EXPECT_TRUE(std::ranges::is_sorted(drawn.values));
  EXPECT_THAT(drawn.labels, testing::Each(0));
  EXPECT_NE(drawn.values, draw_images(all, 20, 2).values);
  EXPECT_EQ(draw_images(all, 60, 1).values, all.values);
}

}  // namespace
}  // namespace karnin
