#include "train/pruning/shrink.h"

#include <gmock/gmock.h>

#include <cmath>
#include <random>

#include "tests/support/reference_network.h"

namespace karnin {
namespace {

using test::Values;
using ::testing::ElementsAre;

using Count = ShrinkReport::LayerCount;

Values logits(const Model& model, const Values& images, std::int64_t count) {
  std::vector<Values> parameters;
  for (const Parameter& parameter : model.parameters)
    parameters.emplace_back(parameter.value.span().begin(), parameter.value.span().end());
  return test::ReferenceNetwork(model.graph, count, parameters).forward(images);
}

Model random_model(Graph graph, std::uint32_t seed) {
  Model model = make_model(std::move(graph));
  std::mt19937 rng(seed);
  std::normal_distribution<float> normal;
  for (Parameter& parameter : model.parameters)
    for (float& weight : parameter.value.span()) weight = normal(rng);
  Sensitivity sensitivity{"karnin", {}};  // the value itself: one sees whether it came along
  for (const Parameter& parameter : model.parameters) sensitivity.values.push_back(parameter.value);
  model.sensitivities.push_back(std::move(sensitivity));
  return model;
}

/// Prunes the weights of parameter p whose (row, column of a group) the test names.
void prune_where(Model& model, std::size_t p, const auto& is_pruned) {
  Parameter& parameter = model.parameters[p];
  const auto rows = static_cast<std::size_t>(parameter.value.dims()[0]);
  const std::size_t columns = parameter.value.span().size() / rows;
  if (parameter.mask.empty()) parameter.mask.assign(rows * columns, 1);
  for (std::size_t i = 0; i < rows * columns; ++i) {
    if (!is_pruned(i / columns, i % columns)) continue;
    parameter.mask[i] = 0;
    parameter.value.span()[i] = 0;
  }
}

void expect_same_logits(const Model& before, const Model& after) {
  constexpr std::int64_t kImages = 5;
  std::mt19937 rng(3);
  std::normal_distribution<float> normal;
  Values images(static_cast<std::size_t>(kImages * input_extent(before.graph).size()));
  for (float& pixel : images) pixel = normal(rng);
  const Values expected = logits(before, images, kImages), got = logits(after, images, kImages);
  ASSERT_EQ(got.size(), expected.size());
  // A few hundred terms, each rounded to 2^-24 of a sum that is at most a thousand.
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], 2e-3) << i;
}

void expect_sound(const Model& model) {
  validate(model);
  for (std::size_t p = 0; p < model.parameters.size(); p += 2)  // weights, which nothing changes
    for (std::size_t i = 0; i < model.parameters[p].value.span().size(); ++i) {
      const float weight = model.parameters[p].value.span()[i];
      if (weight == 0) continue;
      ASSERT_EQ(model.sensitivities[0].values[p].span()[i], weight);
    }
}

struct Shrunk {
  Model model;
  std::vector<Count> layers;
};

/// What is left of a model, after seeing that it is sound and computes the same.
Shrunk shrunk(const Model& before) {
  Shrunk after{before, {}};
  after.layers = shrink(after.model).layers;
  expect_sound(after.model);
  expect_same_logits(before, after.model);
  return after;
}

Graph three_layers() {
  return make_chain("fc", {1, 1, 12},
                    {{"a", FullyConnected{8}},
                     {"relu1", Relu{}},
                     {"drop", Dropout{0.5F}},
                     {"b", FullyConnected{6}},
                     {"relu2", Relu{}},
                     {"c", FullyConnected{3}}});
}

TEST(Shrink, LeavesWhatIsWholeAlone) {
  const Model before = random_model(three_layers(), 1);
  Model after = before;
  EXPECT_THAT(shrink(after).layers, ElementsAre(Count{"a", 8, 0, 0}, Count{"b", 6, 0, 0}));
  EXPECT_EQ(after, before);
}

/// A sum needs as many units from either side.
TEST(Shrink, LeavesUnitsAloneThatSeveralRead) {
  Graph graph = make_graph("shortcut", {1, 1, 12});
  const NodeId a = append(graph, "a", FullyConnected{8});
  const NodeId b = append(graph, "b", FullyConnected{8});
  append(graph, "sum", Add{}, {b, a});
  append(graph, "c", FullyConnected{5});
  append(graph, "d", FullyConnected{3});
  Model before = random_model(graph, 7);
  for (const std::size_t p : {0, 2, 4})
    prune_where(before, p, [](std::size_t row, std::size_t) { return row == 1; });
  const auto [after, layers] = shrunk(before);
  EXPECT_THAT(layers, ElementsAre(Count{"c", 5, 1, 0}));
  EXPECT_EQ(after.parameters[0], before.parameters[0]);
}

/// Whoever takes an output counts on all of it.
TEST(Shrink, LeavesUnitsAloneThatComeOut) {
  Graph graph = three_layers();
  graph.outputs.push_back(find_node(graph, "relu1").value());
  Model before = random_model(graph, 8);
  for (const std::size_t p : {0, 2})
    prune_where(before, p, [](std::size_t row, std::size_t) { return row == 1; });
  const auto [after, layers] = shrunk(before);
  EXPECT_THAT(layers, ElementsAre(Count{"b", 6, 1, 0}));
  EXPECT_EQ(after.parameters[0], before.parameters[0]);
}

TEST(Shrink, NeuronsWithoutInputsBecomeBiases) {
  Model before = random_model(three_layers(), 2);
  prune_where(before, 0, [](std::size_t row, std::size_t) { return row == 1 || row == 4; });
  before.parameters[1].value.data()[1] = 2;   // through the ReLU
  before.parameters[1].value.data()[4] = -2;  // not through it
  const auto [after, layers] = shrunk(before);
  EXPECT_THAT(layers, ElementsAre(Count{"a", 8, 2, 0}, Count{"b", 6, 0, 0}));
  EXPECT_EQ(after.parameters[0].value.dims(), (Dims{6, 12}));
  EXPECT_EQ(after.parameters[2].value.dims(), (Dims{6, 6}));
  EXPECT_TRUE(after.parameters[2].mask.empty());
  for (std::size_t o = 0; o < 6; ++o)
    EXPECT_FLOAT_EQ(
        after.parameters[3].value.span()[o],
        before.parameters[3].value.span()[o] + 2 * before.parameters[2].value.span()[o * 8 + 1]);
}

TEST(Shrink, NeuronsWithoutOutputsGoAndTakeOthersAlong) {
  Model before = random_model(three_layers(), 3);
  prune_where(before, 4, [](std::size_t, std::size_t column) { return column == 5; });
  // Neuron 2 of a serves neuron 5 of b alone.
  prune_where(before, 2,
              [](std::size_t row, std::size_t column) { return column == 2 && row != 5; });
  EXPECT_THAT(shrunk(before).layers, ElementsAre(Count{"a", 8, 0, 1}, Count{"b", 6, 0, 1}));
}

/// Constant neurons that are all that another one sees make a constant of it.
TEST(Shrink, ConstantsSpread) {
  Model before = random_model(three_layers(), 4);
  prune_where(before, 0, [](std::size_t row, std::size_t) { return row < 3; });
  prune_where(before, 2,
              [](std::size_t row, std::size_t column) { return row == 0 && column > 2; });
  EXPECT_THAT(shrunk(before).layers, ElementsAre(Count{"a", 8, 3, 0}, Count{"b", 6, 1, 0}));
}

TEST(Shrink, AMaskedBiasThatGetsAConstantIsKept) {
  Model before = random_model(three_layers(), 5);
  prune_where(before, 0, [](std::size_t row, std::size_t) { return row == 1; });
  before.parameters[1].value.data()[1] = 1;
  prune_where(before, 3, [](std::size_t, std::size_t) { return true; });
  const Model after = shrunk(before).model;
  EXPECT_EQ(after.parameters[3].mask, Mask(6, 1));
}

TEST(Shrink, OneUnitStays) {
  Model before = random_model(three_layers(), 6);
  prune_where(before, 0, [](std::size_t, std::size_t) { return true; });
  prune_where(before, 4, [](std::size_t, std::size_t) { return true; });
  const Model after = shrunk(before).model;
  EXPECT_EQ(after.parameters[0].value.dims(), (Dims{1, 12}));
  EXPECT_EQ(after.parameters[4].value.dims(), (Dims{3, 1}));
}

Graph convolutions(std::int64_t padding, PoolKind pool) {
  return make_chain("conv", {2, 9, 9},
                    {{"c1", Conv2d{4, 3, 3}},
                     {"p1", Pool2d{pool, 3, 3, 2, 2, 1, 1}},
                     {"r1", Relu{}},
                     {"c2", Conv2d{5, 2, 2, 1, 1, padding, padding}},
                     {"r2", Relu{}},
                     {"f1", FullyConnected{7}},
                     {"f2", FullyConnected{3}}});
}

TEST(Shrink, ChannelsGoToo) {
  for (const PoolKind pool : {PoolKind::max, PoolKind::average}) {
    Model before = random_model(convolutions(0, pool), 7);
    prune_where(before, 0, [](std::size_t row, std::size_t) { return row == 2; });
    before.parameters[1].value.data()[2] = 0.5F;
    prune_where(before, 2, [](std::size_t row, std::size_t) { return row == 4; });
    before.parameters[3].value.data()[4] = 1.5F;  // c2's last channel is all its pixels in f1
    const std::size_t pixels = before.parameters[4].value.span().size() / 7 / 5;
    prune_where(before, 4, [&](std::size_t, std::size_t column) { return column / pixels == 1; });
    const auto [after, layers] = shrunk(before);
    EXPECT_THAT(layers,
                ElementsAre(Count{"c1", 4, 1, 0}, Count{"c2", 5, 1, 1}, Count{"f1", 7, 0, 0}));
    EXPECT_EQ(after.parameters[2].value.dims(), (Dims{3, 3, 2, 2}));
  }
}

TEST(Shrink, AConstantInFrontOfPaddingStaysUnlessItIsZero) {
  Model before = random_model(convolutions(1, PoolKind::max), 8);
  prune_where(before, 0, [](std::size_t row, std::size_t) { return row >= 2; });
  before.parameters[1].value.data()[2] = 0.5F;
  before.parameters[1].value.data()[3] = -0.5F;
  const auto [after, layers] = shrunk(before);
  EXPECT_EQ(layers[0], (Count{"c1", 4, 1, 0}));
}

TEST(Shrink, RandomPruningsKeepTheLogits) {
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    Model before = random_model(
        seed % 2 == 0 ? three_layers() : convolutions(seed / 2 % 2, PoolKind::average), seed);
    std::mt19937 rng(seed);
    for (std::size_t p = 0; p < before.parameters.size(); p += 2)
      prune_where(before, p, [&](std::size_t, std::size_t) { return rng() % 10 < 7 + seed % 3; });
    const Model after = shrunk(before).model;
    Model again = after;
    shrink(again);
    EXPECT_EQ(again, after) << "nothing is left to take";
  }
}

}  // namespace
}  // namespace karnin
