#include "runtime/program/passes/passes.h"

#include <gmock/gmock.h>

#include "runtime/core/error.h"
#include "tests/runtime/program/drafts.h"
#include "tests/support/isa_level.h"

namespace karnin {
namespace {

using test::expect_sound;
using test::in_domain;
using test::names;
using test::net;
using testing::ElementsAre;

TEST(Passes, FuseAReluIntoWhatComesRightBefore) {
  Draft draft = draft_of(net({Relu{}, Conv2d{4, 3, 3}, Relu{}, Pool2d{}, Relu{}, FullyConnected{5},
                              Relu{}, Relu{}, FullyConnected{2}}));
  fuse_relu(draft);
  EXPECT_THAT(names(draft),
              ElementsAre("layer0", "layer1+", "layer3", "layer4", "layer5+", "layer8"));
  expect_sound(draft);
}

TEST(Passes, MoveAReluBehindMaxPoolingOnly) {
  const Pool2d average{PoolKind::average};
  Draft draft =
      draft_of(net({Conv2d{4, 3, 3}, Relu{}, Pool2d{}, Relu{}, average, FullyConnected{2}}));
  move_relu_behind_max_pool(draft);
  EXPECT_THAT(names(draft),
              ElementsAre("layer0", "layer2", "layer1", "layer3", "layer4", "layer5"));
  EXPECT_EQ(draft.src(draft.steps[1]), (Extent{4, 6, 6}));
  EXPECT_EQ(draft.dst(draft.steps[1]), (Extent{4, 3, 3}));
  EXPECT_EQ(draft.src(draft.steps[2]), (Extent{4, 3, 3}));
  EXPECT_EQ(draft.dst(draft.steps[2]), (Extent{4, 3, 3}));
  expect_sound(draft);
}

TEST(Passes, RemoveDropoutWhereItDoesNothing) {
  const Graph graph =
      net({Dropout{0.0F}, FullyConnected{4}, Dropout{0.5F}, FullyConnected{2}, Dropout{0.0F}});
  Draft training = draft_of(graph), inference = training;
  remove_idle_dropout(training, Purpose::training);
  remove_idle_dropout(inference, Purpose::inference);
  EXPECT_THAT(names(training), ElementsAre("layer1", "layer2", "layer3"));
  EXPECT_THAT(names(inference), ElementsAre("layer1", "layer3"));
  expect_sound(training);
  expect_sound(inference);
}

TEST(Passes, FoldNormalisationIntoWhatComesRightBefore) {
  Draft draft = draft_of(net({BatchNorm{}, Conv2d{4, 3, 3}, BatchNorm{0.5F}, ChannelAffine{},
                              Relu{}, BatchNorm{}, Pool2d{}, FullyConnected{5}, BatchNorm{}}));
  fold_affine(draft);
  fuse_relu(draft);
  EXPECT_THAT(names(draft), ElementsAre("layer0", "layer1+", "layer5", "layer6", "layer7"));
  const std::vector<AffineNode>& affines = draft.steps[1].affines;
  ASSERT_EQ(affines.size(), 2U);
  EXPECT_EQ(affines[0].epsilon, 0.5F);
  EXPECT_EQ(affines[1].epsilon, std::nullopt);
  EXPECT_EQ(affines[0].node, draft.steps[1].node + 1);
  EXPECT_EQ(draft.steps[4].affines.size(), 1U);
  expect_sound(draft);
}

TEST(Passes, LeaveASoftmaxAtTheEndToTheLoss) {
  Draft draft = draft_of(net({Softmax{}, FullyConnected{5}, Softmax{true}, Softmax{}}));
  remove_final_softmax(draft);
  EXPECT_THAT(names(draft), ElementsAre("layer0", "layer1"));
  expect_sound(draft);
}

TEST(Passes, FuseAMaxPoolOfSquaresIntoAPlainConvolution) {
  const Pool2d average{PoolKind::average}, overlapping{PoolKind::max, 3, 3, 2, 2};
  Draft draft = in_domain(
      draft_of(net({Conv2d{4, 3, 3}, Pool2d{}, Pool2d{}, Conv2d{4, 1, 1}, FullyConnected{2}})),
      Domain::planes);
  fuse_max_pool(draft, Purpose::inference);
  EXPECT_THAT(names(draft), ElementsAre("layer0", "layer2", "layer3", "layer4"));
  EXPECT_TRUE(draft.steps[0].pooled);
  EXPECT_EQ(draft.dst(draft.steps[0]), (Extent{4, 3, 3}));
  EXPECT_FALSE(draft.steps[2].pooled);
  expect_sound(draft);

  for (const Graph& graph : {net({Conv2d{4, 3, 3}, average, FullyConnected{2}}),
                             net({Conv2d{4, 3, 3}, overlapping, FullyConnected{2}}),
                             net({Conv2d{4, 3, 3, 1, 1, 1, 1}, Pool2d{}, FullyConnected{2}}),
                             net({Conv2d{4, 3, 3, 2, 2}, Pool2d{}, FullyConnected{2}}),
                             net({Pool2d{}, FullyConnected{2}})}) {
    Draft as_it_is = in_domain(draft_of(graph), Domain::planes);
    fuse_max_pool(as_it_is, Purpose::inference);
    EXPECT_EQ(as_it_is.steps.size(), graph.nodes.size() - 1);
  }
}

TEST(Passes, FuseAMaxPoolOnlyWhereTheDomainHasALayerForIt) {
  const Draft plain = draft_of(net({Conv2d{4, 3, 3}, Pool2d{}, FullyConnected{2}}));
  const auto steps = [&](Domain domain, Purpose purpose) {
    Draft draft = in_domain(plain, domain);
    fuse_max_pool(draft, purpose);
    return draft.steps.size();
  };
  EXPECT_EQ(steps(Domain::planes, Purpose::inference), 2U);
  EXPECT_EQ(steps(Domain::planes, Purpose::training), 2U);
  EXPECT_EQ(steps(Domain::lanes, Purpose::inference), 2U);
  EXPECT_EQ(steps(Domain::lanes, Purpose::training), 3U);
  EXPECT_EQ(steps(Domain::onednn, Purpose::inference), 3U);
}

TEST(Passes, FuseNoMaxPoolOfAnotherDomain) {
  Draft draft =
      in_domain(draft_of(net({Conv2d{4, 3, 3}, Pool2d{}, FullyConnected{2}})), Domain::planes);
  draft.steps[1].domain = Domain::lanes;
  fuse_max_pool(draft, Purpose::inference);
  EXPECT_THAT(names(draft), ElementsAre("layer0", "layer1", "layer2"));
}

/// conv -> relu -> pool -> fc, where somebody else reads one of the values, too.
Graph with_second_reader(const std::string& of, bool as_output) {
  Graph graph = make_graph("shared", {3, 8, 8});
  append(graph, "conv", Conv2d{4, 3, 3});
  append(graph, "relu", Relu{});
  const NodeId pool = append(graph, "pool", Pool2d{});
  const NodeId fc = append(graph, "fc", FullyConnected{2});
  const NodeId shared = find_node(graph, of).value();
  const NodeId other = as_output ? shared : append(graph, "other", FullyConnected{2}, {shared});
  graph.outputs = {fc, other};
  EXPECT_GT(fc, pool);
  return graph;
}

TEST(Passes, LeaveAValueThatOthersReadAsItIs) {
  for (const bool as_output : {false, true}) {
    Draft relu = draft_of(with_second_reader("conv", as_output));
    fuse_relu(relu);
    EXPECT_THAT(names(relu), testing::Contains("relu")) << as_output;
    EXPECT_THAT(names(relu), testing::Contains("conv"));

    Draft moved = draft_of(with_second_reader("relu", as_output));
    move_relu_behind_max_pool(moved);
    EXPECT_EQ(moved.steps[1].name, "relu");
    EXPECT_EQ(moved.steps[2].name, "pool");

    Draft pooled = in_domain(draft_of(with_second_reader("relu", as_output)), Domain::planes);
    fuse_relu(pooled);
    fuse_max_pool(pooled, Purpose::inference);
    EXPECT_THAT(names(pooled), testing::IsSupersetOf({"conv+", "pool"}));
    for (const Draft& draft : {relu, moved, pooled}) expect_sound(draft);
  }
}

TEST(Passes, NeverTouchTheGraph) {
  const Graph graph = with_second_reader("pool", false), before = graph;
  Draft draft = in_domain(draft_of(graph), Domain::planes);
  remove_idle_dropout(draft, Purpose::training);
  move_relu_behind_max_pool(draft);
  fuse_max_pool(draft, Purpose::training);
  fuse_relu(draft);
  EXPECT_EQ(graph, before);
  EXPECT_THAT(names(draft), ElementsAre("conv+", "fc", "other"));
}

TEST(Passes, RefuseAnUnsoundGraph) { EXPECT_THROW(draft_of(net({Conv2d{4, 9, 9}})), ShapeError); }

}  // namespace
}  // namespace karnin
