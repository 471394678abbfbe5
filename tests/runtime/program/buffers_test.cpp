#include "runtime/program/buffers.h"

#include <gmock/gmock.h>

#include <set>

#include "runtime/core/error.h"
#include "runtime/graph/networks.h"
#include "tests/support/isa_level.h"

namespace karnin {
namespace {

ProgramOptions options(Purpose purpose, Domain domain = Domain::onednn) {
  return {.images = 2, .purpose = purpose, .domain = domain, .fc_kernel = {}};
}

/// fc1, its ReLU apart and dropout; their sum with fc1, and a last layer.
Graph skipping() {
  Graph graph = make_graph("residual", {3, 4, 4});
  const NodeId fc = append(graph, "fc1", FullyConnected{6});
  append(graph, "relu1", Relu{});
  const NodeId inner = append(graph, "fc2", FullyConnected{6});
  append(graph, "sum", Add{}, {inner, fc});
  append(graph, "fc3", FullyConnected{2});
  return graph;
}

TEST(Buffers, AChainTakesTwoBesideItsInputInInference) {
  for (const Domain domain : kAllDomains) {
    const BufferPlan plan = plan_buffers(lower(khanal2018(), options(Purpose::inference, domain)));
    EXPECT_EQ(plan.value_floats.size(), 3U) << to_string(domain);
    EXPECT_TRUE(plan.diff_floats.empty());
    for (const auto& addends : plan.addends) EXPECT_TRUE(addends.empty());
  }
}

TEST(Buffers, AChainKeepsItsValuesForTheWayBackAndTakesTwoForGradients) {
  for (const Domain domain : kAllDomains) {
    const Lowered program = lower(khanal2018(), options(Purpose::training, domain));
    const BufferPlan plan = plan_buffers(program);
    std::size_t in_place = 0;
    for (const Step& step : program.steps) in_place += step.layer->in_place() ? 1 : 0;
    EXPECT_EQ(plan.value_floats.size(), program.values.size() - in_place) << to_string(domain);
    EXPECT_EQ(plan.diff_floats.size(), 2U);
    EXPECT_EQ(plan.diffs[static_cast<std::size_t>(program.input)], std::nullopt);
  }
}

TEST(Buffers, WhatALaterStepReadsAgainIsKeptAndNotOverwritten) {
  const Lowered program = lower(skipping(), options(Purpose::inference));
  const BufferPlan plan = plan_buffers(program);
  const auto buffer_of = [&](const std::string& layer) {
    for (const Step& step : program.steps)
      if (step.layer->name() == layer) return plan.values[static_cast<std::size_t>(step.dst)];
    throw ArgumentError("no step " + layer);
  };
  // Nothing was fused into fc1, whose value is read twice, nor may the ReLU work on it in place.
  const std::set<BufferId> apart{buffer_of("fc1"), buffer_of("relu1"), buffer_of("fc2"),
                                 plan.values[static_cast<std::size_t>(program.input)]};
  EXPECT_EQ(apart.size(), 4U);
  EXPECT_NE(buffer_of("sum"), buffer_of("fc1"));
}

TEST(Buffers, LaterReadersOfAValueAddTheirGradients) {
  const Lowered program = lower(skipping(), options(Purpose::training));
  const BufferPlan plan = plan_buffers(program);
  for (std::size_t i = 0; i < program.steps.size(); ++i) {
    // The sum goes back first and writes; the ReLU adds.
    const bool adds = program.steps[i].layer->name() == "relu1";
    ASSERT_EQ(plan.addends[i].size(), adds ? 1U : 0U) << program.steps[i].layer->name();
    if (!adds) continue;
    const ValueId src = program.steps[i].srcs[0];
    EXPECT_NE(plan.addends[i][0].buffer, plan.diffs[static_cast<std::size_t>(src)]);
    EXPECT_NE(plan.addends[i][0].buffer,
              plan.diffs[static_cast<std::size_t>(program.steps[i].dst)]);
  }
}

TEST(Lowering, RefusesWhatItCannotRun) {
  Graph two_outputs = skipping();
  two_outputs.outputs.push_back(1);
  EXPECT_NO_THROW(lower(two_outputs, options(Purpose::inference)));
  EXPECT_THROW(lower(two_outputs, options(Purpose::training)), ShapeError);
  Graph unread = skipping();
  unread.outputs = {find_node(unread, "sum").value()};
  EXPECT_THROW(lower(unread, options(Purpose::inference)), ShapeError);
  Graph two_inputs = skipping();
  append(two_inputs, "more", Input{{2, 1, 1}}, {});
  append(two_inputs, "last", Add{}, {find_node(two_inputs, "fc3").value(), 6});
  EXPECT_THROW(lower(two_inputs, options(Purpose::inference)), ShapeError);
}

}  // namespace
}  // namespace karnin
