#include "runtime/graph/networks.h"

#include <gtest/gtest.h>

#include "runtime/graph/model.h"

namespace karnin {
namespace {

// The counts are those of the papers.
TEST(Networks, HaveTheParametersThatArePublished) {
  EXPECT_EQ(make_model(khanal2018()).parameter_count(), 63'910);
  EXPECT_EQ(make_model(lenet_300_100()).parameter_count(), 266'610);
  EXPECT_EQ(make_model(lenet_5()).parameter_count(), 431'080);
}

TEST(Networks, AreNamedAfterThemselves) {
  for (const BuiltInNetwork& network : built_in_networks()) {
    const Graph graph = network.make({3, 32, 32}, 7);
    EXPECT_EQ(graph.name, network.name);
    EXPECT_EQ(infer_extents(graph).back().c, 7);
  }
}

}  // namespace
}  // namespace karnin
