// Networks with several outputs: each of them against the references, however their regions run.
#include <gmock/gmock.h>

#include <cmath>

#include "runtime/program/regions.h"
#include "tests/support/detector.h"
#include "tests/support/error_message.h"
#include "tests/support/isa_level.h"
#include "tests/support/one_worker.h"
#include "tests/support/reference_network.h"

namespace karnin {
namespace {

using test::detector;
using test::Values;

/// Each domain for all regions, and all of them by turns.
std::vector<Domains> domains_for(const Graph& graph) {
  std::vector<Domains> all{Domain::onednn, Domain::lanes, Domain::planes};
  const std::size_t regions = regions_of(draft_of(graph)).size();
  for (std::size_t shift = 0; shift < kAllDomains.size(); ++shift) {
    std::vector<Domain> turns;
    for (std::size_t region = 0; region < regions; ++region)
      turns.push_back(kAllDomains[(region + shift) % kAllDomains.size()]);
    all.emplace_back(turns);
  }
  return all;
}

/// Sums of some hundred terms, each rounded.
void expect_near(const Values& actual, const Values& expected) {
  float largest = 1;
  for (const float x : expected) largest = std::max(largest, std::abs(x));
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    ASSERT_NEAR(actual[i], expected[i], 1e-5F * largest) << i;
}

/// Twice, so that what the first run left lies in all buffers.
void expect_outputs_of_references(const Graph& graph, std::int64_t images) {
  const std::vector<Values> parameters = test::random_parameters(graph);
  const Values input = test::uniforms(images * input_extent(graph).size(), 3);
  test::ReferenceNetwork reference(graph, images, parameters);
  reference.forward(input);
  for (const Domains& domains : domains_for(graph)) {
    test::OneWorker one(graph, {.images = images, .domain = domains, .fc_kernel = {}}, parameters);
    for (int repeat = 0; repeat < 2; ++repeat) {
      one.forward(input);
      for (std::size_t k = 0; k < graph.outputs.size(); ++k) {
        SCOPED_TRACE(graph.node(graph.outputs[k]).name);
        expect_near(one.output(k), reference.output(k));
      }
    }
  }
}

class Outputs : public testing::TestWithParam<std::int64_t> {};
INSTANTIATE_TEST_SUITE_P(Images, Outputs, testing::Values(1, 3, 9, 16));

TEST_P(Outputs, AreThoseOfTheReferences) { expect_outputs_of_references(detector(), GetParam()); }

/// Whatever else reads a value of a chain, and whatever a pass would like to do with it.
TEST_P(Outputs, MayBeAnyValueOfAChain) {
  const Graph chain = make_chain("chain", {3, 8, 8},
                                 {{"conv1", Conv2d{9, 3, 3}},
                                  {"norm", BatchNorm{}},
                                  {"relu", Relu{}},
                                  {"pool", Pool2d{}},
                                  {"conv2", Conv2d{4, 2, 2}},
                                  {"relu2", Relu{}},
                                  {"fc1", FullyConnected{6}},
                                  {"relu3", Relu{}},
                                  {"reshape", Reshape{{2, 3, 1}}},
                                  {"softmax", Softmax{}}});
  const auto last = static_cast<NodeId>(chain.nodes.size()) - 1;
  for (NodeId id = 0; id < last; ++id) {
    Graph graph = chain;
    graph.outputs = {id, last};
    SCOPED_TRACE(graph.node(id).name);
    expect_outputs_of_references(graph, GetParam());
  }
  Graph all = chain;
  for (NodeId id = 0; id < last; ++id) all.outputs.push_back(id);
  expect_outputs_of_references(all, GetParam());
}

TEST(ProgramOutputs, HaveTheNamesAndSizesOfTheirNodes) {
  const Program program(detector(), {.images = 2, .fc_kernel = {}});
  EXPECT_THAT(program.outputs(), testing::ElementsAreArray(outputs_of(detector())));
  EXPECT_EQ(program.outputs()[1], (Output{"scores", {3, 1, 96}}));
  EXPECT_EQ(program.logits(), 96 * 4);
}

TEST(ProgramOutputs, ThatAreOneValueAreOneBufferAndTheImagesAreTheInput) {
  test::OneWorker one(detector(), {.fc_kernel = {}}, test::random_parameters(detector()));
  EXPECT_EQ(one.worker.output(4), one.worker.output(5));
  EXPECT_EQ(one.worker.output(6), one.worker.input());
}

/// In lanes each but the images is put back in order, once and where it was made.
TEST(ProgramOutputs, AreReorderedInTheRegionThatMakesThem) {
  const Lowered program =
      lower(detector(), {.images = 16, .domain = Domain::lanes, .fc_kernel = {}});
  std::vector<std::string> reorders;
  for (std::size_t i = 0; i < program.steps.size(); ++i)
    if (const Step& step = program.steps[i]; step.node == kNoNode && i > 0) {
      reorders.push_back(step.layer->name());
      EXPECT_EQ(step.region, program.steps[i - 1].region);
    }
  EXPECT_THAT(reorders,
              testing::IsSupersetOf({"boxes from lanes", "scores from lanes", "any from lanes",
                                     "conv1 from lanes", "relu1 from lanes"}));
  EXPECT_EQ(std::ranges::count(reorders, "relu1 from lanes"), 1);
}

TEST(ProgramOutputs, AreOneInTraining) {
  EXPECT_THAT(test::error_message<ShapeError>(
                  [] { Program(detector(), {.purpose = Purpose::training, .fc_kernel = {}}); }),
              testing::StartsWith("network 'detector': expected one output, got 7, 'boxes' "
                                  "(1x96x4), 'scores' (3x1x96), 'any' (5x1x1)"));
}

/// Of several a softmax is as good as any other.
TEST(ProgramOutputs, KeepTheirSoftmaxWhereThereAreSeveral) {
  const Program program(detector(), {.logits = true, .fc_kernel = {}});
  const auto is_softmax = [](const Step& step) { return step.layer->name() == "scores"; };
  EXPECT_TRUE(std::ranges::any_of(program.steps(), is_softmax));
}

}  // namespace
}  // namespace karnin
