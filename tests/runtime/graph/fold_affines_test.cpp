#include "runtime/graph/fold_affines.h"

#include <gmock/gmock.h>

#include "tests/support/filled_model.h"
#include "tests/support/reference_network.h"

namespace karnin {
namespace {

using test::Values;

Values answers(const Model& model) {
  constexpr std::int64_t kImages = 3;
  std::vector<Values> parameters;
  for (const Parameter& parameter : model.parameters)
    parameters.emplace_back(parameter.value.span().begin(), parameter.value.span().end());
  return test::ReferenceNetwork(model.graph, kImages, parameters)
      .forward(test::uniforms(kImages * input_extent(model.graph).size(), 9));
}

/// Each answer within rounding of a float of the largest one.
void expect_same_answers(const Model& folded, const Model& model) {
  const Values actual = answers(folded), expected = answers(model);
  ASSERT_EQ(actual.size(), expected.size());
  float largest = 0;
  for (const float value : expected) largest = std::max(largest, std::abs(value));
  for (std::size_t i = 0; i < actual.size(); ++i)
    ASSERT_NEAR(actual[i], expected[i], 2e-6F * largest) << i;
}

std::vector<std::string> names(const Model& model) {
  std::vector<std::string> all;
  for (const Node& node : model.graph.nodes) all.push_back(node.name);
  return all;
}

TEST(FoldAffines, WhatIsBehindALayerBecomesItsWeights) {
  const Model model = test::filled_model(make_chain("n", {3, 5, 4},
                                                    {{"conv", Conv2d{6, 3, 2}},
                                                     {"norm", BatchNorm{1e-3F}},
                                                     {"scale", ChannelAffine{}},
                                                     {"relu", Relu{}},
                                                     {"fc", FullyConnected{4}},
                                                     {"last", BatchNorm{}}}));
  const Model folded = fold_affines(model);
  EXPECT_THAT(names(folded), testing::ElementsAre("input", "conv", "relu", "fc"));
  EXPECT_EQ(folded.graph.outputs, std::vector<NodeId>{3});
  EXPECT_NO_THROW(validate(folded));
  expect_same_answers(folded, model);
}

TEST(FoldAffines, WhatOthersWantStays) {
  Graph graph = make_graph("n", {2, 4, 4});
  append(graph, "first", BatchNorm{});
  const NodeId conv = append(graph, "conv", Conv2d{2, 1, 1});
  const NodeId norm = append(graph, "norm", BatchNorm{});
  append(graph, "sum", Add{}, {conv, norm});
  const NodeId out = append(graph, "out", Conv2d{3, 2, 2});
  append(graph, "behind", ChannelAffine{});
  graph.outputs.push_back(out);
  const Model model = test::filled_model(graph);
  EXPECT_EQ(fold_affines(model), model);
}

TEST(FoldAffines, PrunedWeightsStayPruned) {
  Model model = test::filled_model(
      make_chain("n", {2, 3, 3}, {{"conv", Conv2d{2, 2, 2}}, {"n", BatchNorm{}}}));
  Parameter& weights = model.parameters.front();
  weights.mask.assign(16, 1);
  for (const std::size_t i : {0U, 5U, 15U}) weights.value.data()[i] = weights.mask[i] = 0;
  model.sensitivities.push_back({"magnitude", {}});
  const Model folded = fold_affines(model);
  EXPECT_EQ(folded.parameters.front().mask, weights.mask);
  EXPECT_TRUE(folded.sensitivities.empty());
  EXPECT_NO_THROW(validate(folded));
}

TEST(FoldAffines, NumbersThatAreNoneStayInTheirNode) {
  Model model = test::filled_model(
      make_chain("n", {1, 2, 2}, {{"conv", Conv2d{1, 1, 1}}, {"n", BatchNorm{0}}}));
  model.parameters.back().value.data()[0] = 0;  // 1 / sqrt(0)
  EXPECT_EQ(fold_affines(model), model);
}

}  // namespace
}  // namespace karnin
