#include "runtime/graph/model.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "runtime/core/error.h"
#include "runtime/graph/networks.h"
#include "tests/support/small_network.h"

namespace karnin {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// With everything that a model can have: weights, one mask, class names, a sensitivity.
Model full_model() {
  Model model = make_model(test::small_network({2, 8, 8}, 3));
  for (Parameter& parameter : model.parameters)
    for (float& w : parameter.value.span()) w = 1;
  Parameter& conv = model.parameters[0];
  conv.mask.assign(conv.value.span().size(), 1);
  conv.mask[5] = 0;
  conv.value.data()[5] = 0;
  model.classes = {"a", "b", "c"};
  model.sensitivities.push_back({"karnin", {}});
  for (const Parameter& parameter : model.parameters)
    model.sensitivities[0].values.emplace_back(parameter.value.dims());
  return model;
}

TEST(Model, IsMadeOfZerosInTheRightShapes) {
  const Model model = make_model(khanal2018());
  EXPECT_NO_THROW(validate(model));
  EXPECT_EQ(model.parameter_count(), 63'910);
  EXPECT_EQ(model.nonzero_count(), 0);
  EXPECT_EQ(model.parameters[4].name, "fc1.weight");
  EXPECT_EQ(model.parameters[4].value.dims(), (Dims{120, 400}));
}

TEST(Model, CountsWhatIsNotZero) {
  const Model model = full_model();
  EXPECT_NO_THROW(validate(model));
  EXPECT_EQ(model.nonzero_count(), model.parameter_count() - 1);
  EXPECT_EQ(count_nonzero(model.parameters[0]), model.parameters[0].value.size() - 1);
}

TEST(Model, ComparesByValue) {
  const Model model = full_model();
  Model other = model;
  EXPECT_EQ(model, other);
  other.parameters[0].mask[6] = 0;
  EXPECT_NE(model, other);
}

TEST(Model, RefusesAnUnsoundArchitecture) {
  EXPECT_THROW(make_model(make_graph("empty", {1, 4, 4})), ShapeError);
}

TEST(Model, ValidationFindsEveryDamage) {
  const std::vector<std::function<void(Model&)>> damages{
      [](Model& m) { m.parameters.pop_back(); },
      [](Model& m) { m.parameters.push_back(m.parameters[0]); },
      [](Model& m) { std::swap(m.parameters[0], m.parameters[1]); },
      [](Model& m) { m.parameters[2].name = "fc9.weight"; },
      [](Model& m) { m.parameters[2].value = Tensor(Dims{1, 2}); },
      [](Model& m) { m.parameters[0].mask.pop_back(); },
      [](Model& m) { m.parameters[0].mask[0] = 0; },  // the weight is not 0
      [](Model& m) { m.parameters[0].mask[0] = 2; },
      [](Model& m) { m.parameters[0].value.data()[5] = kNan; },
      [](Model& m) { m.preprocess.mean.pop_back(); },
      [](Model& m) { m.preprocess.std.push_back(1); },
      [](Model& m) { m.preprocess.std[0] = 0; },
      [](Model& m) { m.preprocess.std[1] = -1; },
      [](Model& m) { m.preprocess.std[1] = kNan; },
      [](Model& m) { m.preprocess.mean[1] = std::numeric_limits<float>::infinity(); },
      [](Model& m) { m.classes.pop_back(); },
      [](Model& m) { m.graph.outputs.insert(m.graph.outputs.begin(), 1); },  // which has classes?
      [](Model& m) { m.sensitivities[0].values.pop_back(); },
      [](Model& m) { m.sensitivities[0].values[1] = Tensor(Dims{99}); },
      [](Model& m) { m.graph.nodes.pop_back(); }};
  for (std::size_t i = 0; i < damages.size(); ++i) {
    Model model = full_model();
    damages[i](model);
    EXPECT_THROW(validate(model), ShapeError) << "damage " << i;
  }
}

}  // namespace
}  // namespace karnin
