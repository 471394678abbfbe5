#include "train/loop/weight_average.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/core/error.h"

namespace karnin {
namespace {

Model one_weight(float value) {
  Model model = make_model(make_chain("n", {1, 1, 1}, {{"fc", FullyConnected{1}}}));
  model.parameters[0].value.data()[0] = value;
  return model;
}

/// Decays of the ramp: 1/10, 2/11, then the 0.2 asked for.
TEST(WeightAverage, FollowsTheWeightsByTheEquation) {
  Model model = one_weight(1);
  WeightAverage average(model, 0.2);
  average.on_start(model);
  double expected = 1;
  const double decays[] = {1.0 / 10, 2.0 / 11, 0.2, 0.2};
  for (int step = 0; step < 4; ++step) {
    model.parameters[0].value.data()[0] = static_cast<float>(step * step);
    average.on_step_end({});
    expected += (1 - decays[step]) * (step * step - expected);
  }
  average.apply(model);
  EXPECT_NEAR(model.parameters[0].value.data()[0], expected, 1e-6);
}

TEST(WeightAverage, LeavesPrunedWeightsAtZero) {
  Model model = one_weight(2);
  WeightAverage average(model, 0.9);
  average.on_start(model);
  model.parameters[0].mask = {0};
  model.parameters[0].value.data()[0] = 0;
  average.apply(model);
  EXPECT_EQ(model.parameters[0].value.data()[0], 0);
}

TEST(WeightAverage, ForgetsWhatIsPrunedBeforeTheFirstStep) {
  Model model = one_weight(2);
  WeightAverage average(model, 0.9);
  average.on_start(model);
  model.parameters[0].mask = {0};
  model.parameters[0].value.data()[0] = 0;
  average.on_step_end({});
  model.parameters[0].mask = {1};  // it has come back
  average.apply(model);
  EXPECT_EQ(model.parameters[0].value.data()[0], 0);
}

TEST(WeightAverage, GoesOnFromAState) {
  Model model = one_weight(1);
  WeightAverage straight(model, 0.5), saved(model, 0.5), resumed(model, 0.5);
  straight.on_start(model);
  saved.on_start(model);
  for (WeightAverage* average : {&straight, &saved}) average->on_step_end({});
  resumed.restore(saved.state());
  model.parameters[0].value.data()[0] = 7;
  for (WeightAverage* average : {&straight, &resumed}) average->on_step_end({});
  EXPECT_EQ(straight.state(), resumed.state());
}

TEST(WeightAverage, TakesTheLastStatisticsOfBatchNorm) {
  Model model = make_model(make_chain("n", {1, 2, 1}, {{"norm", BatchNorm{}}}));
  WeightAverage average(model, 0.5);
  average.on_start(model);
  for (Parameter& parameter : model.parameters) parameter.value.data()[0] = 0.7F;
  average.on_step_end({});
  for (Parameter& parameter : model.parameters) parameter.value.data()[0] = 0;
  average.apply(model);
  const std::vector<ParameterSpec> specs = parameter_specs(model.graph);
  for (std::size_t p = 0; p < specs.size(); ++p) {
    const float value = model.parameters[p].value.data()[0];
    if (is_statistic(specs[p].role))
      EXPECT_EQ(value, 0.7F);
    else
      EXPECT_NEAR(value, 0.9F * 0.7F, 1e-6F);
  }
}

TEST(WeightAverage, RefusesADecayThatForgetsNothingOrAll) {
  const Model model = one_weight(1);
  for (const double decay : {0.0, 1.0, -1.0})
    EXPECT_THROW(WeightAverage(model, decay), ArgumentError);
}

}  // namespace
}  // namespace karnin
