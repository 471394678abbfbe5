#include "train/loop/ghost_batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/core/error.h"
#include "tests/support/error_message.h"
#include "tests/support/squares_training.h"

namespace karnin {
namespace {

using testing::ElementsAre;
using testing::FloatNear;
using testing::HasSubstr;
using Values = std::vector<float>;

/// One pixel, normalised, then two logits.
Model pixel_model() {
  Model model = make_model(make_chain(
      "pixel", {1, 1, 1}, {{"norm", BatchNorm{.ghost_batch = 16}}, {"fc", FullyConnected{2}}}));
  model.preprocess = {{0}, {1}};
  initialise(model, 1);
  return model;
}

ImageSet pixels(std::vector<std::uint8_t> values) {
  ImageSet images;
  images.extent = {1, 1, 1};
  images.labels.assign(values.size(), 0);
  images.pixels = std::move(values);
  return images;
}

Values tensor(const Model& model, Role role) {
  const auto found = find_parameter(parameter_specs(model.graph), 1, role);
  const auto span = model.parameters[found.value()].value.span();
  return {span.begin(), span.end()};
}

TrainOptions options(std::int64_t batch) {
  TrainOptions options;
  options.batch = batch;
  options.epochs = 1;
  options.threads = 1;
  return options;
}

/// Pixels 0, 0.2, 0.4 and 1 have the mean 0.4 and, of three degrees of freedom, the variance
/// 0.56 / 3. PyTorch's BatchNorm, which starts at 0 and 1, holds after two steps with them
/// 0.1 (0.9 + 1) 0.4 and 0.81 + 0.19 (0.56 / 3).
TEST(GhostBatch, RunningStatisticsFollowByPyTorchsRule) {
  Model model = pixel_model();
  const ImageSet images = pixels({0, 51, 102, 255});
  Trainer trainer(model, images, options(4));
  const std::vector<std::int64_t> all{0, 1, 2, 3};
  trainer.step(all);
  EXPECT_THAT(tensor(model, Role::mean), ElementsAre(FloatNear(0.04F, 1e-7F)));
  EXPECT_THAT(tensor(model, Role::variance), ElementsAre(FloatNear(0.9F + 0.056F / 3, 1e-6F)));
  trainer.step(all);
  EXPECT_THAT(tensor(model, Role::mean), ElementsAre(FloatNear(0.076F, 1e-7F)));
  EXPECT_THAT(tensor(model, Role::variance),
              ElementsAre(FloatNear(0.81F + 0.19F * 0.56F / 3, 1e-6F)));
}

/// 16 black images, then two of 0 and 1: means 0 and 1/2, variances 0 and 1/2.
TEST(GhostBatch, RunningStatisticsFollowTheMeanOverGhostBatches) {
  Model model = pixel_model();
  std::vector<std::uint8_t> values(18, 0);
  values.back() = 255;
  const ImageSet images = pixels(values);
  Trainer trainer(model, images, options(18));
  std::vector<std::int64_t> all(18);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
  trainer.step(all);
  EXPECT_THAT(tensor(model, Role::mean), ElementsAre(FloatNear(0.1F * 0.25F, 1e-7F)));
  EXPECT_THAT(tensor(model, Role::variance), ElementsAre(FloatNear(0.9F + 0.1F * 0.25F, 1e-6F)));
}

TEST(GhostBatch, StatisticsStayWhereThatIsAskedFor) {
  Model model = pixel_model();
  const ImageSet images = pixels({0, 51, 102, 255});
  TrainOptions frozen = options(4);
  frozen.freeze_batch_norm = true;
  frozen.sgd.weight_decay = 0.1;
  Trainer trainer(model, images, frozen);
  trainer.run_epoch();
  EXPECT_THAT(tensor(model, Role::mean), ElementsAre(0));
  EXPECT_THAT(tensor(model, Role::variance), ElementsAre(1));
  EXPECT_THAT(tensor(model, Role::scale), ElementsAre(testing::Ne(1)));
  frozen.batch = 1;  // has a variance all the same
  EXPECT_NO_THROW(Trainer(model, images, frozen));
}

TEST(GhostBatch, FreezingWantsABatchNorm) {
  Model model = test::squares_model();
  const ImageSet images = test::squares(8);
  TrainOptions frozen = options(4);
  frozen.freeze_batch_norm = true;
  EXPECT_THROW(Trainer(model, images, frozen), ArgumentError);
}

TEST(GhostBatch, ThatHasNoVarianceIsRefused) {
  Model model = pixel_model();
  const auto refusal = [&](std::int64_t count, std::int64_t batch) {
    const ImageSet images = pixels(std::vector<std::uint8_t>(static_cast<std::size_t>(count)));
    return test::error_message<ArgumentError>(
        [&] { const Trainer trainer(model, images, options(batch)); });
  };
  EXPECT_THAT(refusal(32, 1), HasSubstr("layer 'norm'"));
  EXPECT_THAT(refusal(33, 32), HasSubstr("in a batch of 1 has one image, of one pixel"));
  EXPECT_THAT(refusal(34, 17), HasSubstr("last ghost batch of 16 in a batch of 17"));
  EXPECT_THAT(refusal(17, 100), HasSubstr("in a batch of 17"));
  EXPECT_NO_THROW(require_variances(model.graph, 18));
  EXPECT_NO_THROW(require_variances(test::squares_model().graph, 1));
  const Graph plane = make_chain("plane", {1, 2, 1}, {{"norm", BatchNorm{}}});
  EXPECT_NO_THROW(require_variances(plane, 1));

  const ImageSet images = pixels({0, 1, 2, 3});
  Trainer trainer(model, images, options(4));
  const std::vector<std::int64_t> one{2};
  EXPECT_THROW(trainer.step(one), ArgumentError);
}

TEST(GhostBatch, IsOneForAllOfANetwork) {
  EXPECT_EQ(ghost_batch(pixel_model().graph), 16);
  EXPECT_EQ(ghost_batch(test::squares_model().graph), 0);
  const Graph mixed =
      make_chain("mixed", {1, 1, 1}, {{"a", BatchNorm{}}, {"b", BatchNorm{.ghost_batch = 64}}});
  EXPECT_THAT(test::error_message<ShapeError>([&] { ghost_batch(mixed); }),
              HasSubstr("layer 'b': expected a ghost batch of 32, as before, got 64"));
}

}  // namespace
}  // namespace karnin
