#include "train/codebook_tuning.h"

#include <gmock/gmock.h>

#include <numeric>
#include <set>

#include "tests/support/bright_squares.h"
#include "tests/support/small_network.h"
#include "train/initialise.h"
#include "train/trainer.h"

namespace karnin {
namespace {

std::set<float> values_of(const Parameter& parameter) {
  return {parameter.value.span().begin(), parameter.value.span().end()};
}

Model initial_model(const Extent& extent) {
  Model model = make_model(test::small_network(extent, 4));
  initialise(model, 3);
  return model;
}

/// Worked out by hand: two entries, one weight that an update takes to the other one.
TEST(CodebookTuning, WeightsMoveBetweenEntriesAndEntriesWithThem) {
  Model model = make_model({"n", {1, 1, 5}, {{"fc", FullyConnected{1}, {kImageInput}}}});
  const std::vector<float> start{0, 0.5F, 0.25F, 4, 4.5F};
  std::ranges::copy(start, model.parameters[0].value.data());
  CodebookTuning tuning(model, 2);
  EXPECT_THAT(model.parameters[0].value.span(),
              ::testing::ElementsAre(0.25F, 0.25F, 0.25F, 4.25F, 4.25F));
  const std::vector<float> delta{0, 3.0F, 0, 0, 0};
  tuning.on_update({0, 0, delta, delta, 0.1});
  tuning.on_step_end();
  // Unrounded: 0, 3.5, 0.25 | 4, 4.5, cut at 2.25: means 0.125 and 4.
  EXPECT_THAT(model.parameters[0].value.span(), ::testing::ElementsAre(0.125F, 4, 0.125F, 4, 4));
}

TEST(CodebookTuning, LearnsWithFewValues) {
  const Extent extent{1, 12, 12};
  const ImageSet images = test::bright_squares(extent, 4, 400, 1);
  Model model = initial_model(extent);
  Parameter& masked = model.parameters[2];
  masked.mask.assign(masked.value.span().size(), 1);
  for (std::size_t i = 0; i < masked.mask.size(); i += 2) {
    masked.mask[i] = 0;
    masked.value.data()[i] = 0;
  }
  CodebookTuning tuning(model, 4);
  TrainOptions options;
  options.batch = 16;
  options.schedule.learning_rate = 0.02;
  Trainer trainer(model, images, options);
  trainer.attach(tuning);
  double accuracy = 0;
  for (int epoch = 0; epoch < 4; ++epoch) accuracy = trainer.run_epoch().accuracy;
  EXPECT_GT(accuracy, 0.9);
  EXPECT_NO_THROW(validate(model));
  EXPECT_LE(values_of(model.parameters[0]).size(), 4U);
  EXPECT_LE(values_of(model.parameters[2]).size(), 5U) << "and the 0 of pruned weights";
  EXPECT_GT(values_of(model.parameters[3]).size(), 5U) << "biases stay as they are";
}

}  // namespace
}  // namespace karnin
