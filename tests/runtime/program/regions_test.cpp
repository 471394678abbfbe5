#include "runtime/program/regions.h"

#include <gmock/gmock.h>

#include "runtime/core/error.h"
#include "runtime/graph/networks.h"
#include "runtime/program/lowering.h"
#include "tests/support/error_message.h"
#include "tests/support/isa_level.h"

namespace karnin {
namespace {

using Names = std::vector<std::vector<std::string>>;

/// The layers of each region.
Names regions(const Graph& graph) {
  const Draft draft = draft_of(graph);
  Names names;
  std::size_t next = 0;
  for (const Region& region : regions_of(draft)) {
    EXPECT_EQ(region.begin, next);
    next = region.end;
    names.emplace_back();
    for (std::size_t i = region.begin; i < region.end; ++i)
      names.back().push_back(draft.steps[i].name);
  }
  EXPECT_EQ(next, draft.steps.size());
  return names;
}

constexpr Conv2d kSame{4, 3, 3, 1, 1, 1, 1};

TEST(Regions, OfAChainBeginWithWeightsAndTakeWhatFollows) {
  EXPECT_EQ(regions(khanal2018()), (Names{{"conv1", "relu1", "pool1"},
                                          {"conv2", "relu2", "pool2"},
                                          {"fc1", "relu3"},
                                          {"fc2", "relu4"},
                                          {"fc3"}}));
}

TEST(Regions, BeginWithWhatComesBeforeTheFirstWeights) {
  EXPECT_EQ(regions(make_chain("net", {4, 8, 8},
                               {{"relu0", Relu{}},
                                {"drop", Dropout{0.5F}},
                                {"conv", kSame},
                                {"pool", Pool2d{}},
                                {"fc", FullyConnected{2}}})),
            (Names{{"relu0", "drop", "conv", "pool"}, {"fc"}}));
  EXPECT_EQ(regions(make_chain("net", {4, 8, 8}, {{"relu", Relu{}}, {"pool", Pool2d{}}})),
            (Names{{"relu", "pool"}}));
}

TEST(Regions, KeepBlocksWithAShortcutWhole) {
  Graph graph = make_graph("net", {4, 8, 8});
  const NodeId stem = append(graph, "stem", kSame);
  const NodeId conv1 = append(graph, "conv1", kSame);
  const NodeId sum1 = append(graph, "sum1", Add{}, {conv1, stem});
  // The shortcut goes past a ReLU and a convolution, and is one itself.
  append(graph, "relu", Relu{}, {sum1});
  const NodeId conv2 = append(graph, "conv2", kSame);
  const NodeId shortcut = append(graph, "shortcut", kSame, {sum1});
  append(graph, "sum2", Add{}, {conv2, shortcut});
  append(graph, "pool", Pool2d{});
  const NodeId fc1 = append(graph, "fc1", FullyConnected{5});
  append(graph, "twice", Add{}, {fc1, fc1});
  append(graph, "fc2", FullyConnected{3});
  EXPECT_EQ(regions(graph), (Names{{"stem"},
                                   {"conv1", "sum1"},
                                   {"relu", "conv2", "shortcut", "sum2", "pool"},
                                   {"fc1", "twice"},
                                   {"fc2"}}));
}

TEST(Regions, EndWhereTheWaysToSeveralOutputsPart) {
  Graph graph = make_graph("net", {4, 8, 8});
  append(graph, "conv", kSame);
  const NodeId fc = append(graph, "fc", FullyConnected{6});
  const NodeId left = append(graph, "left", FullyConnected{2}, {fc});
  append(graph, "right1", FullyConnected{3}, {fc});
  const NodeId right = append(graph, "right2", FullyConnected{3});
  graph.outputs = {left, right};
  EXPECT_EQ(regions(graph), (Names{{"conv"}, {"fc"}, {"left", "right1"}, {"right2"}}));
  graph.outputs = {fc, left, right};
  EXPECT_EQ(regions(graph), (Names{{"conv"}, {"fc"}, {"left", "right1"}, {"right2"}}));
}

/// As in a detector, whose heads come out one after the other.
TEST(Regions, GoOnBehindOutputsThatWereMadeBefore) {
  Graph graph = make_graph("net", {4, 8, 8});
  const NodeId conv1 = append(graph, "conv1", kSame);
  const NodeId head1 = append(graph, "head1", kSame);
  const NodeId conv2 = append(graph, "conv2", kSame, {conv1});
  const NodeId relu2 = append(graph, "relu2", Relu{});
  const NodeId head2 = append(graph, "head2", kSame);
  append(graph, "conv3", kSame, {relu2});
  const NodeId fc = append(graph, "fc", FullyConnected{2});
  graph.outputs = {0, conv2, head1, head2, fc};
  EXPECT_EQ(regions(graph),
            (Names{{"conv1"}, {"head1", "conv2", "relu2"}, {"head2", "conv3"}, {"fc"}}));
}

TEST(Regions, BeginOnlyWhereSeveralInputsHaveMet) {
  Graph graph = make_graph("net", {4, 8, 8});
  const NodeId conv = append(graph, "conv", kSame);
  const NodeId more = append(graph, "more", Input{{4, 8, 8}}, {});
  const NodeId other = append(graph, "other", kSame, {more});
  append(graph, "sum", Add{}, {conv, other});
  append(graph, "fc", FullyConnected{2});
  EXPECT_EQ(regions(graph), (Names{{"conv", "other", "sum"}, {"fc"}}));
}

TEST(Regions, AreTheSameInTrainingAndKeepWhatPassesJoin) {
  using enum Domain;
  const Graph graph = khanal2018();
  for (const Purpose purpose : {Purpose::inference, Purpose::training}) {
    const Domains domains({planes, lanes, onednn, lanes, onednn});
    const Draft draft =
        make_draft(graph, {.images = 3, .purpose = purpose, .domain = domains, .fc_kernel = {}});
    for (const DraftStep& step : draft.steps)
      EXPECT_EQ(step.domain, domains.of(step.region)) << step.name;
    EXPECT_TRUE(draft.steps.front().pooled);
    EXPECT_EQ(draft.steps.back().region, 4U);
  }
}

TEST(Regions, ThatPlanesCannotHoldAreRunByOneDnnAlone) {
  using enum Domain;
  const Graph graph = make_chain("net", {1, 5000, 5000},
                                 {{"conv", Conv2d{1, 1, 1, 50, 50}}, {"fc", FullyConnected{2}}});
  const Draft draft = make_draft(graph, {.images = 1, .domain = planes, .fc_kernel = {}});
  EXPECT_EQ(draft.steps[0].domain, onednn);
  EXPECT_EQ(draft.steps[1].domain, planes);
}

TEST(Regions, RunInPlanesOnlyWhereThereIsAPoolToTakeIn) {
  using enum Domain;
  const auto domains = [](const Domains& wanted) {
    return domains_of(make_draft(khanal2018(), {.images = 1, .domain = wanted, .fc_kernel = {}}));
  };
  using testing::ElementsAre;
  EXPECT_THAT(domains(planes), ElementsAre(planes, planes, onednn, onednn, onednn));
  EXPECT_THAT(domains(lanes), testing::Each(lanes));
  EXPECT_THAT(domains(Domains({onednn, planes, planes, lanes, onednn})),
              ElementsAre(onednn, planes, onednn, lanes, onednn));
}

TEST(Regions, GetADomainEach) {
  const Domains three({Domain::lanes, Domain::planes, Domain::onednn});
  EXPECT_THAT(test::error_message<ArgumentError>([&] {
                make_draft(khanal2018(), {.images = 1, .domain = three, .fc_kernel = {}});
              }),
              testing::HasSubstr("expected one for each of 5 regions, got 3"));
}

}  // namespace
}  // namespace karnin
