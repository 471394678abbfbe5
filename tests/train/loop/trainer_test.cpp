#include "train/loop/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <numeric>

#include "runtime/core/error.h"
#include "tests/support/bright_squares.h"
#include "tests/support/error_message.h"
#include "tests/support/golden.h"
#include "tests/support/pruned_model.h"
#include "tests/support/squares_training.h"
#include "train/pruning/recorder.h"

namespace karnin {
namespace {

using testing::HasSubstr;

TEST(Trainer, LearnsWhatCanBeLearnt) {
  Model model = test::squares_model();
  const ImageSet images = test::squares(600);
  Trainer trainer(model, images, test::squares_options(20, 0.02));
  EpochReport report;
  for (int epoch = 0; epoch < 10; ++epoch) report = trainer.run_epoch();
  EXPECT_GT(report.accuracy, 0.95);
  EXPECT_LT(report.loss, 0.3);
  EXPECT_GT(report.images_per_second, 0);
  EXPECT_EQ(report.epoch, 10);
  EXPECT_DOUBLE_EQ(report.learning_rate, 0.02);
}

TEST(Trainer, ReportsEveryStepAndTheShortLastBatch) {
  Model model = test::squares_model();
  const ImageSet images = test::squares(50);
  Trainer trainer(model, images, test::squares_options(16, 0.01));
  std::vector<StepReport> steps;
  const EpochReport report = trainer.run_epoch([&](const StepReport& step) {
    steps.push_back(step);
    return false;
  });
  ASSERT_EQ(steps.size(), 4U);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    EXPECT_EQ(steps[i].epoch, 1);
    EXPECT_EQ(steps[i].step, static_cast<std::int64_t>(i) + 1);
    EXPECT_EQ(steps[i].steps, 4);
    EXPECT_GT(steps[i].images_per_second, 0);
  }
  EXPECT_DOUBLE_EQ(steps.back().loss, report.loss);
}

TEST(Trainer, AShortBatchIsAMeanOverItsOwnImages) {
  const ImageSet images = test::squares(6);
  Model by_epoch = test::squares_model(), by_step = test::squares_model();
  const TrainOptions options = test::squares_options(100, 0.1);  // larger than the set
  Trainer(by_epoch, images, options).run_epoch();
  const std::vector<std::int64_t> all{5, 4, 3, 2, 1, 0};
  Trainer(by_step, images, options).step(all);
  for (std::size_t p = 0; p < by_step.parameters.size(); ++p)
    for (std::size_t i = 0; i < by_step.parameters[p].value.span().size(); ++i)
      // The same six images in another order, so equal but for the order of a few additions.
      ASSERT_NEAR(by_epoch.parameters[p].value.span()[i], by_step.parameters[p].value.span()[i],
                  1e-6);
}

/// Normalised by whoever made them, they train as the pixels that they were, to the bit.
TEST(Trainer, FloatsTrainAsTheirPixelsDo) {
  const ImageSet pixels = test::squares(64);
  Model by_pixels = test::squares_model(), by_floats = by_pixels;
  ImageSet floats{pixels.extent, {}, pixels.labels, std::vector<float>(pixels.pixels.size())};
  for (std::int64_t i = 0; i < pixels.size(); ++i)
    load_image(pixels, i, by_pixels.preprocess, floats.values.data() + i * pixels.extent.size());
  TrainOptions options = test::squares_options(8, 0.05);
  options.augmentation = {true, 2};
  Trainer(by_pixels, pixels, options).run_epoch();
  Trainer(by_floats, floats, options).run_epoch();
  EXPECT_EQ(by_floats.parameters, by_pixels.parameters);
}

TEST(Trainer, StopsWhenAsked) {
  Model model = test::squares_model();
  const ImageSet images = test::squares(64);
  Trainer trainer(model, images, test::squares_options(8, 0.01));
  int calls = 0;
  trainer.run_epoch([&](const StepReport&) { return ++calls == 3; });
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(trainer.run_epoch().epoch, 2);
}

TEST(Trainer, FollowsTheScheduleOverTheWholeRun) {
  Model model = test::squares_model();
  const ImageSet images = test::squares(32);
  TrainOptions options = test::squares_options(8, 0.01);
  options.epochs = 4;
  options.schedule.kind = ScheduleKind::step;
  options.schedule.step_factor = 0.5;
  options.schedule.step_epochs = 2;
  Trainer trainer(model, images, options);
  std::vector<double> rates;
  for (int epoch = 0; epoch < 5; ++epoch) rates.push_back(trainer.run_epoch().learning_rate);
  EXPECT_THAT(rates, testing::ElementsAre(0.01, 0.01, 0.005, 0.005, 0.005));
}

TEST(Trainer, MasksHoldAtEveryStep) {
  Model model = test::squares_model();
  const ImageSet images = test::squares(64);
  TrainOptions options = test::squares_options(8, 0.05);
  options.sgd = {0.9, 0.01, true};
  Trainer(model, images, options).run_epoch();
  test::prune_matrices(model, 0.6);
  const Model pruned = model;
  Trainer trainer(model, images, options);
  for (int epoch = 0; epoch < 3; ++epoch)
    trainer.run_epoch([&](const StepReport&) {
      EXPECT_NO_THROW(validate(model));  // "pruned weights are 0" is part of what it checks
      return false;
    });
  for (std::size_t p = 0; p < model.parameters.size(); ++p) {
    EXPECT_EQ(model.parameters[p].mask, pruned.parameters[p].mask);
    EXPECT_NE(model.parameters[p].value, pruned.parameters[p].value);
  }
}

/// Whose loss takes logits: probabilities would hardly differ from each other.
TEST(Trainer, ASoftmaxAtTheEndOfNetworkOrTeacherChangesNothing) {
  const ImageSet images = test::squares(32);
  const auto trained = [&](const std::optional<Softmax>& student,
                           const std::optional<Softmax>& of) {
    Model model = test::squares_model(), teacher = test::squares_model();
    for (float& weight : teacher.parameters[0].value.span()) weight *= 2;
    if (student) append(model.graph, "probabilities", *student);
    if (of) append(teacher.graph, "probabilities", *of);
    TrainOptions options = test::squares_options(16, 0.05);
    options.teacher = {std::make_shared<const Model>(teacher), 0.9, 2};
    Trainer(model, images, options).run_epoch();
    return model.parameters;
  };
  const std::vector<Parameter> plain = trained({}, {});
  EXPECT_EQ(trained(Softmax{false}, {}), plain);
  EXPECT_EQ(trained({}, Softmax{false}), plain);
  EXPECT_EQ(trained(Softmax{true}, Softmax{true}), plain);
}

TEST(Trainer, RefusesBadOptions) {
  Model model = test::squares_model();
  const ImageSet images = test::squares(8);
  const auto refuses = [&](auto change) {
    TrainOptions options = test::squares_options(4, 0.1);
    change(options);
    EXPECT_THROW(Trainer(model, images, options), ArgumentError);
  };
  refuses([](TrainOptions& o) { o.epochs = 0; });
  refuses([](TrainOptions& o) { o.epochs = std::numeric_limits<std::int64_t>::max(); });
  refuses([](TrainOptions& o) { o.batch = 0; });
  refuses([](TrainOptions& o) { o.batch = -1; });
  refuses([](TrainOptions& o) { o.threads = -1; });
  refuses([](TrainOptions& o) { o.sgd.momentum = 1; });
  refuses([](TrainOptions& o) { o.schedule.learning_rate = 0; });
  refuses([](TrainOptions& o) { o.augmentation.shift = 14; });
}

TEST(Trainer, RefusesImagesThatDoNotFit) {
  Model model = test::squares_model();
  const TrainOptions options = test::squares_options(4, 0.1);
  EXPECT_THROW(Trainer(model, ImageSet{test::kSquares, {}, {}}, options), ArgumentError);
  const ImageSet wide = test::bright_squares({1, 14, 15}, test::kSquareClasses, 8, 1);
  EXPECT_THROW(Trainer(model, wide, options), ShapeError);
  ImageSet mislabelled = test::squares(8);
  mislabelled.labels[3] = test::kSquareClasses;
  EXPECT_THROW(Trainer(model, mislabelled, options), ShapeError);
}

TEST(Trainer, RefusesAnUnsoundModel) {
  Model model = test::squares_model();
  model.parameters[0].mask.assign(3, 1);
  const ImageSet images = test::squares(8);
  EXPECT_THROW(Trainer(model, images, test::squares_options(4, 0.1)), ShapeError);
}

TEST(Trainer, RefusesIndicesOutOfRange) {
  Model model = test::squares_model();
  const ImageSet images = test::squares(8);
  Trainer trainer(model, images, test::squares_options(4, 0.1));
  for (const std::vector<std::int64_t>& indices :
       {std::vector<std::int64_t>{}, std::vector<std::int64_t>{0, 8},
        std::vector<std::int64_t>{-1}})
    EXPECT_THROW(trainer.step(indices), ArgumentError);
}

// The oracle of the first form: the loss drops by the integral of -g dw along the path, of which
// the sum over full-batch steps is the left Riemann sum.
TEST(Trainer, TheSumOfGradientTimesStepIsTheDropInTheLoss) {
  const ImageSet all{
      {3, 32, 32}, test::golden<std::uint8_t>("images"), test::golden<std::uint8_t>("labels")};
  std::vector<std::int64_t> batch(32);
  std::iota(batch.begin(), batch.end(), std::int64_t{0});
  Model model = test::golden_model();
  TrainOptions options = test::squares_options(32, 0.002);
  options.sgd = {0.9, 0, false};
  Trainer trainer(model, all, options);
  SensitivityRecorder recorder;
  trainer.attach(recorder);
  const double before = trainer.step(batch);
  for (int step = 1; step < 60; ++step) trainer.step(batch);
  const double recorded = recorder.loss_drop();
  const double drop = before - trainer.step(batch);  // loss before that last, unrecorded step
  ASSERT_GT(drop, 0.02);
  EXPECT_NEAR(recorded, drop, 0.02 * drop);
}

}  // namespace
}  // namespace karnin
