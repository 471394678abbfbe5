// What becomes part of a convolution in inference, beside ReLU and pools.
#include <gmock/gmock.h>

#include "runtime/program/passes/passes.h"
#include "tests/runtime/program/drafts.h"
#include "tests/support/isa_level.h"

namespace karnin {
namespace {

using test::expect_sound;
using test::in_domain;
using test::names;
using test::net;
using testing::ElementsAre;

/// conv1 -> relu -> conv2 -> sum with the relu's -> relu.
Graph shortcut() {
  Graph graph = make_graph("shortcut", {4, 8, 8});
  append(graph, "conv1", Conv2d{4, 1, 1});
  const NodeId relu = append(graph, "relu1", Relu{});
  const NodeId conv2 = append(graph, "conv2", Conv2d{4, 1, 1});
  append(graph, "sum", Add{}, {relu, conv2});
  append(graph, "relu2", Relu{});
  return graph;
}

TEST(Fusing, FuseAnAdditionIntoTheConvolutionRightBefore) {
  Draft draft = draft_of(shortcut());
  fuse_add(draft);
  fuse_relu(draft);
  EXPECT_THAT(names(draft), ElementsAre("conv1+", "conv2+"));
  EXPECT_TRUE(draft.steps[1].adds);
  EXPECT_THAT(draft.steps[1].srcs, ElementsAre(draft.steps[0].dst, draft.steps[0].dst));
  expect_sound(draft);
}

TEST(Fusing, FuseAnAdditionIntoTheLaterOfTwoConvolutions) {
  Graph graph = make_graph("two", {4, 8, 8});
  const NodeId left = append(graph, "left", Conv2d{4, 1, 1});
  const NodeId right = append(graph, "right", Conv2d{4, 1, 1}, {0});
  append(graph, "sum", Add{}, {left, right});
  Draft draft = draft_of(graph);
  fuse_add(draft);
  EXPECT_THAT(names(draft), ElementsAre("left", "right"));
  EXPECT_FALSE(draft.steps[0].adds);
  EXPECT_THAT(draft.steps[1].srcs, ElementsAre(0, left));
  expect_sound(draft);
}

TEST(Fusing, FuseNoAdditionWhereItIsNotTheOnlyReader) {
  Graph graph = shortcut();
  graph.outputs.push_back(find_node(graph, "conv2").value());
  Draft seen = draft_of(graph);
  fuse_add(seen);
  EXPECT_EQ(seen.steps.size(), 5U);
  Draft twice = draft_of(net({Conv2d{4, 1, 1}}));
  twice.steps.push_back({.name = "twice", .op = Add{}, .srcs = {1, 1}, .dst = 2});
  twice.values.push_back(twice.values.back());
  fuse_add(twice);
  EXPECT_EQ(twice.steps.size(), 2U);
}

TEST(Fusing, FuseActivationsThatKeepZerosIntoConvolutions) {
  const Activation relu6{ActivationKind::clip, 0, 6}, swish{ActivationKind::hard_swish, 0, 0};
  const Activation above{ActivationKind::clip, 1, 6}, sigmoid{ActivationKind::sigmoid, 0, 0};
  Draft draft = draft_of(net({relu6, Conv2d{4, 3, 3}, relu6, Conv2d{4, 3, 3}, swish,
                              Conv2d{4, 1, 1}, sigmoid, Conv2d{4, 1, 1}, above}));
  fuse_activation(draft);
  EXPECT_THAT(names(draft),
              ElementsAre("layer0", "layer1", "layer3", "layer5", "layer6", "layer7", "layer8"));
  EXPECT_EQ(draft.steps[1].activation, relu6);
  EXPECT_EQ(draft.steps[2].activation, swish);
  EXPECT_EQ(draft.steps[5].activation, std::nullopt);
  expect_sound(draft);
}

}  // namespace
}  // namespace karnin
