#include "train/experiments/network_split.h"

#include <gmock/gmock.h>

#include "runtime/core/error.h"
#include "runtime/engine/engine.h"
#include "tests/support/bright_squares.h"
#include "train/loop/initialise.h"

namespace karnin {
namespace {

constexpr Extent kImage{2, 8, 8};

/// A convolution, a block with a shortcut around another one, and two fully connected layers.
Graph residual() {
  Graph graph = make_graph("residual", kImage);
  const NodeId stem = append(graph, "conv1", Conv2d{4, 3, 3, 1, 1, 1, 1});
  const NodeId inner = append(graph, "conv2", Conv2d{4, 3, 3, 1, 1, 1, 1});
  append(graph, "sum", Add{}, {inner, stem});
  append(graph, "relu", Relu{});
  append(graph, "fc1", FullyConnected{12});
  append(graph, "fc2", FullyConnected{3});
  return graph;
}

NodeId cut(const Graph& graph, const std::vector<std::string>& layers) {
  return cut_before(graph, layers);
}

TEST(NetworkSplit, CutsWhereEveryPathRunsThroughOneValue) {
  const Graph graph = residual();
  EXPECT_EQ(cut(graph, {"fc2"}), find_node(graph, "fc1"));
  EXPECT_EQ(cut(graph, {"fc2", "fc1"}), find_node(graph, "relu"));
  EXPECT_EQ(cut(graph, {"conv2"}), find_node(graph, "conv1"));
  EXPECT_EQ(cut(graph, {"conv1"}), 0);
  EXPECT_THROW(cut(graph, {"sum"}), ArgumentError);
  EXPECT_THROW(cut(graph, {}), ArgumentError);
}

TEST(NetworkSplit, NeverCutsAShortcut) {
  Graph graph = make_graph("shortcut", kImage);
  const NodeId stem = append(graph, "stem", FullyConnected{6});
  append(graph, "fc1", FullyConnected{6});
  const NodeId inner = append(graph, "fc2", FullyConnected{6});
  append(graph, "sum", Add{}, {inner, stem});
  EXPECT_EQ(cut(graph, {"fc2"}), stem) << "behind fc1 the sum would miss the stem";
}

TEST(NetworkSplit, LeavesDropoutToTheTail) {
  const Graph graph = make_chain("n", kImage, {{"drop", Dropout{0.5F}}, {"fc", FullyConnected{3}}});
  EXPECT_EQ(cut(graph, {"fc"}), 0);
}

TEST(NetworkSplit, FrontAndTailTogetherAreTheNetwork) {
  Model model = make_model(residual());
  initialise(model, 3);
  const ImageSet images = test::bright_squares(kImage, 3, 21, 4);
  const std::vector<float> pixels = features_at(model, 0, images, 1);
  std::vector<float> expected(21 * 3);
  Engine(model, {.race = false}).run(pixels, expected);
  for (const std::string layer : {"fc2", "fc1", "conv2", "conv1"}) {
    const NodeId node = cut(model.graph, {layer});
    const Model tail = tail_from(model, node);
    std::vector<float> logits(expected.size());
    Engine(tail, {.race = false}).run(features_at(model, node, images, 2), logits);
    // A few hundred terms of at most 1, each rounded to 2^-24, in another order.
    for (std::size_t i = 0; i < logits.size(); ++i) EXPECT_NEAR(logits[i], expected[i], 1e-4) << i;
  }
}

}  // namespace
}  // namespace karnin
