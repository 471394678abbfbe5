#include "runtime/layers/rewrite.h"

#include <gmock/gmock.h>

#include "runtime/core/error.h"
#include "tests/support/isa_level.h"

namespace karnin {
namespace {

Graph net(const std::vector<Op>& ops) {
  Graph graph = make_graph("net", {3, 8, 8});
  for (std::size_t i = 0; i < ops.size(); ++i) append(graph, "layer" + std::to_string(i), ops[i]);
  return graph;
}

/// "layer0+" is layer0 with a ReLU in it.
std::vector<std::string> names(const std::vector<Step>& steps) {
  std::vector<std::string> result;
  for (const Step& step : steps) result.push_back(step.name + (step.relu ? "+" : ""));
  return result;
}

using testing::ElementsAre;

TEST(Rewrite, FusesAReluIntoWhatComesRightBefore) {
  std::vector<Step> steps = steps_of(net({Relu{}, Conv2d{4, 3, 3}, Relu{}, Pool2d{}, Relu{},
                                          FullyConnected{5}, Relu{}, Relu{}, FullyConnected{2}}));
  fuse_relu(steps);
  EXPECT_THAT(names(steps),
              ElementsAre("layer0", "layer1+", "layer3", "layer4", "layer5+", "layer8"));
}

TEST(Rewrite, MovesAReluBehindMaxPoolingOnly) {
  const Pool2d average{PoolKind::average};
  std::vector<Step> steps =
      steps_of(net({Conv2d{4, 3, 3}, Relu{}, Pool2d{}, Relu{}, average, FullyConnected{2}}));
  move_relu_behind_max_pool(steps);
  EXPECT_THAT(names(steps),
              ElementsAre("layer0", "layer2", "layer1", "layer3", "layer4", "layer5"));
  EXPECT_EQ(steps[1].src, (Extent{4, 6, 6}));
  EXPECT_EQ(steps[1].dst, (Extent{4, 3, 3}));
  EXPECT_EQ(steps[2].src, (Extent{4, 3, 3}));
  EXPECT_EQ(steps[2].dst, (Extent{4, 3, 3}));
}

TEST(Rewrite, RemovesDropoutWhereItDoesNothing) {
  const Graph graph = net({Dropout{0.0F}, FullyConnected{4}, Dropout{0.5F}, FullyConnected{2}});
  std::vector<Step> training = steps_of(graph), inference = training;
  remove_idle_dropout(training, Purpose::training);
  remove_idle_dropout(inference, Purpose::inference);
  EXPECT_THAT(names(training), ElementsAre("layer1", "layer2", "layer3"));
  EXPECT_THAT(names(inference), ElementsAre("layer1", "layer3"));
}

TEST(Rewrite, FusesAMaxPoolOfSquaresIntoAPlainConvolution) {
  const Pool2d average{PoolKind::average}, overlapping{PoolKind::max, 3, 3, 2, 2};
  std::vector<Step> steps =
      steps_of(net({Conv2d{4, 3, 3}, Pool2d{}, Pool2d{}, Conv2d{4, 1, 1}, FullyConnected{2}}));
  fuse_max_pool(steps);
  EXPECT_THAT(names(steps), ElementsAre("layer0", "layer2", "layer3", "layer4"));
  EXPECT_TRUE(steps[0].pooled);
  EXPECT_EQ(steps[0].dst, (Extent{4, 3, 3}));
  EXPECT_FALSE(steps[2].pooled);

  for (const Graph& graph : {net({Conv2d{4, 3, 3}, average, FullyConnected{2}}),
                             net({Conv2d{4, 3, 3}, overlapping, FullyConnected{2}}),
                             net({Conv2d{4, 3, 3, 1, 1, 1, 1}, Pool2d{}, FullyConnected{2}}),
                             net({Conv2d{4, 3, 3, 2, 2}, Pool2d{}, FullyConnected{2}}),
                             net({Pool2d{}, FullyConnected{2}})}) {
    std::vector<Step> as_it_is = steps_of(graph);
    fuse_max_pool(as_it_is);
    EXPECT_EQ(as_it_is.size(), graph.nodes.size() - 1);
  }
}

TEST(Rewrite, RefusesAnUnsoundArchitecture) {
  EXPECT_THROW(steps_of(net({Conv2d{4, 9, 9}})), ShapeError);
}

}  // namespace
}  // namespace karnin
