// Programs whose regions run in different domains: every mix against the references.
#include <gmock/gmock.h>

#include <array>

#include "tests/support/isa_level.h"
#include "tests/support/one_worker.h"
#include "tests/support/reference_network.h"

namespace karnin {
namespace {

using test::Values;

/// Convolutions that planes can take with their pools, in both orders with the ReLU, and dropout.
Graph chain() {
  return make_chain("chain", {3, 14, 14},
                    {{"conv1", Conv2d{10, 3, 3}},
                     {"relu1", Relu{}},
                     {"pool1", Pool2d{}},
                     {"conv2", Conv2d{9, 3, 3}},
                     {"pool2", Pool2d{}},
                     {"relu2", Relu{}},
                     {"drop", Dropout{0.0F}},
                     {"fc", FullyConnected{4}}});
}

/// A block whose shortcut is its input, and one whose shortcut is a convolution; 10 channels, which
/// fill no block of oneDNN's.
Graph residual() {
  constexpr Conv2d same{10, 3, 3, 1, 1, 1, 1}, smaller{6, 3, 3, 2, 2, 1, 1};
  Graph graph = make_graph("residual", {3, 8, 8});
  const NodeId stem = append(graph, "stem", Conv2d{10, 1, 1});
  append(graph, "conv1", same);
  const NodeId relu = append(graph, "relu1", Relu{});
  const NodeId sum = append(graph, "sum1", Add{}, {relu, stem});
  const NodeId left = append(graph, "conv2", smaller, {sum});
  const NodeId right = append(graph, "shortcut", smaller, {sum});
  append(graph, "sum2", Add{}, {left, right});
  append(graph, "pool", Pool2d{PoolKind::average});
  return graph;
}

/// The block on the inside, its input read in three ways; a value that goes out of a block twice.
Graph fan_out() {
  Graph graph = make_graph("fan-out", {8, 6, 6});
  append(graph, "stem", Conv2d{8, 3, 3, 1, 1, 1, 1});
  const NodeId in = append(graph, "relu0", Relu{});
  const NodeId relu = append(graph, "relu1", Relu{}, {in});
  const NodeId conv = append(graph, "conv1", Conv2d{8, 1, 1}, {in});
  const NodeId sum = append(graph, "sum1", Add{}, {relu, conv});
  append(graph, "sum2", Add{}, {sum, in});
  const NodeId fc = append(graph, "fc", FullyConnected{5});
  append(graph, "twice", Add{}, {fc, fc});
  return graph;
}

/// Each of three regions in each domain.
std::vector<Domains> mixes() {
  std::vector<Domains> result;
  for (const Domain a : kAllDomains)
    for (const Domain b : kAllDomains)
      for (const Domain c : kAllDomains) result.emplace_back(std::vector{a, b, c});
  return result;
}

std::string name(const Domains& mix) {
  std::string text;
  for (std::size_t region = 0; region < 3; ++region)
    text += std::string(to_string(mix.of(region))) + " ";
  return text;
}

class MixedDomains : public testing::TestWithParam<Graph> {};
INSTANTIATE_TEST_SUITE_P(Program, MixedDomains, testing::Values(chain(), residual(), fan_out()),
                         [](const auto& param) {
                           return param.param.name == "fan-out" ? "fan_out" : param.param.name;
                         });

TEST_P(MixedDomains, GiveTheLogitsAndGradientsOfTheReferences) {
  const Graph& graph = GetParam();
  const std::vector<Values> parameters = test::small_parameters(graph);
  const std::vector<ParameterSpec> specs = parameter_specs(graph);
  for (const std::int64_t images : {1, 3, 9}) {
    const Values input = test::integers(images * input_extent(graph).size(), 1);
    test::ReferenceNetwork reference(graph, images, parameters);
    const Values& logits = reference.forward(input);
    const Values diff = test::integers(static_cast<std::int64_t>(logits.size()), 2);
    const std::vector<Values> expected = reference.backward(diff);
    for (const Domains& mix : mixes()) {
      SCOPED_TRACE(name(mix) + std::to_string(images));
      ProgramOptions options{
          .images = images, .purpose = Purpose::inference, .domain = mix, .fc_kernel = {}};
      test::OneWorker inference(graph, options, parameters);
      EXPECT_EQ(inference.forward(input), logits);
      options.purpose = Purpose::training;
      test::OneWorker training(graph, options, parameters);
      for (int repeat = 0; repeat < 2; ++repeat) {  // nothing is left over from the first time
        EXPECT_EQ(training.forward(input), logits);
        const std::vector<Values> actual = training.backward(diff);
        for (std::size_t i = 0; i < expected.size(); ++i)
          EXPECT_EQ(actual[i], expected[i]) << specs[i].name;
      }
    }
  }
}

}  // namespace
}  // namespace karnin
