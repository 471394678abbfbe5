// A run whose numbers overflow ends, says where that began, and leaves the last sound weights.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "runtime/core/error.h"
#include "tests/support/error_message.h"
#include "tests/support/pruned_model.h"
#include "tests/support/squares_training.h"
#include "train/loop/trainer.h"

namespace karnin {
namespace {

using testing::HasSubstr;

TEST(Trainer, ADivergedRunThrowsAndRestoresTheWeights) {
  Model model = test::squares_model();
  const ImageSet images = test::squares(64);
  Trainer trainer(model, images, test::squares_options(16, 1e30));
  const Model before = model;
  try {
    trainer.run_epoch();
    FAIL() << "a rate of 1e30 must diverge";
  } catch (const DivergedError& error) {
    EXPECT_THAT(error.what(), HasSubstr("epoch 1, step "));
    EXPECT_THAT(error.what(), HasSubstr("lower learning rate"));
  }
  EXPECT_EQ(model, before);
}

TEST(Trainer, ADivergedRunLeavesAModelWhoseMasksAreThoseOfItsWeights) {
  Model model = test::squares_model();
  test::prune_matrices(model, 0.2);
  const ImageSet images = test::squares(64);
  Trainer trainer(model, images, test::squares_options(16, 0.01));
  const Model before = model;
  EXPECT_THROW(trainer.run_epoch([&](const StepReport&) {
    test::prune_matrices(model, 0.5);
    trainer.go_on_from(snapshot_of(model));
    model.parameters.back().value.data()[0] = std::numeric_limits<float>::quiet_NaN();
    return false;
  }),
               DivergedError);
  EXPECT_EQ(model, before);
}

TEST(Trainer, ADivergedRunGoesOnUnderTheMasksThatItWentBackTo) {
  Model model = test::squares_model();
  test::prune_matrices(model, 0.2);
  Model expected = model;
  const ImageSet images = test::squares(16);
  TrainOptions options = test::squares_options(16, 0.01);
  options.sgd.momentum = 0;  // so that nothing but weights and masks is left of the first steps
  Trainer trainer(model, images, options), fresh(expected, images, options);
  const Model sound = model;
  test::prune_matrices(model, 0.5);
  trainer.go_on_from(snapshot_of(model));
  const std::vector<std::int64_t> batch = {0, 1, 2, 3};
  trainer.step(batch);
  model.parameters.back().value.data()[0] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(trainer.run_epoch(), DivergedError);
  ASSERT_EQ(model, sound);
  trainer.step(batch);
  fresh.step(batch);
  EXPECT_EQ(model, expected);
}

// Each layer in turn gets a weight that carries infinity, or overflows, from its input to its
// output; all layers before it are sound. 16 images run in lanes, 4 with oneDNN.
TEST(Trainer, ADivergedRunNamesTheLayerWhereItBegan) {
  const ImageSet images = test::squares(16);
  const auto message = [&](const std::string& name, float weight, std::int64_t batch) {
    Model model = test::squares_model();
    for (Parameter& parameter : model.parameters)
      if (parameter.name == name) std::ranges::fill(parameter.value.span(), weight);
    Trainer trainer(model, images, test::squares_options(batch, 0.01));
    return test::error_message<DivergedError>([&] { trainer.run_epoch(); });
  };
  const Model model = test::squares_model();
  for (const std::int64_t batch : {4, 16})
    for (const Parameter& parameter : model.parameters) {
      const std::string layer = parameter.name.substr(0, parameter.name.find('.'));
      constexpr float kMax = std::numeric_limits<float>::max();
      EXPECT_THAT(message(parameter.name, std::numeric_limits<float>::infinity(), batch),
                  HasSubstr("epoch 1, step 1: the training diverged, expected finite numbers, got "
                            "the first infinity or NaN in the weights of " +
                            layer + ";"));
      if (parameter.name.ends_with(".weight") && layer != "conv1") {
        EXPECT_THAT(message(parameter.name, kMax, batch), HasSubstr("the output of " + layer + ";"))
            << batch;
      }
    }
}

TEST(Trainer, AnUpdateThatOverflowsAtTheEndOfAnEpochIsNotMissed) {
  Model model = test::squares_model();
  const Model before = model;
  const ImageSet images = test::squares(8);
  Trainer trainer(model, images, test::squares_options(8, std::numeric_limits<double>::max()));
  EXPECT_THAT(test::error_message<DivergedError>([&] { trainer.run_epoch(); }),
              HasSubstr("epoch 1, step 1: the training diverged, expected finite numbers, got the "
                        "first infinity or NaN in conv1.weight, after the update"));
  EXPECT_EQ(model, before);
}

}  // namespace
}  // namespace karnin
