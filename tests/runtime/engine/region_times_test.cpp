#include "runtime/engine/region_times.h"

#include <gmock/gmock.h>

#include <numeric>

#include "runtime/engine/change_times.h"
#include "runtime/graph/networks.h"
#include "tests/support/isa_level.h"

namespace karnin {
namespace {

using enum Domain;
using testing::ElementsAre;

/// Where every step takes 1.
RegionTimes counts(const Domains& domains) {
  const Lowered program =
      lower(khanal2018(),
            {.images = 2, .purpose = Purpose::inference, .domain = domains, .fc_kernel = {}});
  return region_times(program.steps, std::vector<double>(program.steps.size(), 1.0));
}

TEST(RegionTimes, CountReordersOfImagesAndLogitsWithTheRegionsThere) {
  const RegionTimes times = counts(lanes);
  EXPECT_THAT(times.inside, ElementsAre(2, 1, 1, 1, 2));
  EXPECT_THAT(times.entering, testing::Each(0));
}

TEST(RegionTimes, KeepChangesOfDomainApart) {
  const RegionTimes times = counts(Domains({planes, planes, lanes, onednn, lanes}));
  EXPECT_THAT(times.inside, ElementsAre(1, 1, 1, 1, 2));
  EXPECT_THAT(times.entering, ElementsAre(0, 0, 1, 1, 1));
}

/// From lanes into blocks of channels takes two reorders. The sum is part of the convolution there.
TEST(RegionTimes, KeepReordersOfReordersWithThem) {
  Graph graph = make_graph("net", {3, 8, 8});
  const NodeId stem = append(graph, "stem", Conv2d{16, 3, 3});
  const NodeId conv = append(graph, "conv", Conv2d{16, 3, 3, 1, 1, 1, 1});
  append(graph, "sum", Add{}, {conv, stem});
  append(graph, "fc", FullyConnected{2});
  const Lowered program = lower(graph, {.images = 8,
                                        .purpose = Purpose::inference,
                                        .domain = Domains({lanes, onednn, lanes}),
                                        .fc_kernel = {}});
  const RegionTimes times =
      region_times(program.steps, std::vector<double>(program.steps.size(), 1.0));
  EXPECT_THAT(times.inside, ElementsAre(2, 1, 2));
  EXPECT_EQ(std::accumulate(times.entering.begin(), times.entering.end(), 0.0),
            static_cast<double>(program.steps.size()) - 5);
  EXPECT_GE(times.entering[1], 1);
}

TEST(ChangeTimes, AreKnownForAllPairsOfTheDomainsThere) {
  DomainTimes times(5);
  add_change_times(times, khanal2018(), 2, std::vector{onednn, lanes});
  for (std::size_t border = 0; border < 4; ++border) {
    for (const auto& [from, to] : {std::pair{onednn, lanes}, {lanes, onednn}}) {
      EXPECT_GT(times.border(border, from, to), 0.0) << border;
      EXPECT_LT(times.border(border, from, to), 1e6) << border;
    }
    EXPECT_GT(times.border(border, onednn, planes), 1e300);
  }
}

}  // namespace
}  // namespace karnin
