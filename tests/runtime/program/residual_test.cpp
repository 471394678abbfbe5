// Networks that are no chains: against the references, and against finite differences.
#include <gmock/gmock.h>

#include <tuple>

#include "tests/support/isa_level.h"
#include "tests/support/one_worker.h"
#include "tests/support/reference_network.h"

namespace karnin {
namespace {

using test::Values;

/// A block with a shortcut past two convolutions, and one whose shortcut is a convolution; a ReLU
/// behind each sum, a value that three read, and one that is added to itself.
Graph residual_network() {
  Graph graph = make_graph("residual", {3, 8, 8});
  const NodeId stem = append(graph, "stem", Conv2d{6, 3, 3, 1, 1, 1, 1});
  append(graph, "relu0", Relu{});
  append(graph, "conv1", Conv2d{6, 3, 3, 1, 1, 1, 1});
  append(graph, "relu1", Relu{});
  const NodeId conv2 = append(graph, "conv2", Conv2d{6, 3, 3, 1, 1, 1, 1});
  const NodeId sum1 = append(graph, "sum1", Add{}, {conv2, stem});
  const NodeId relu2 = append(graph, "relu2", Relu{});
  const NodeId left = append(graph, "conv3", Conv2d{4, 3, 3, 2, 2, 1, 1}, {relu2});
  const NodeId right = append(graph, "shortcut", Conv2d{4, 3, 3, 2, 2, 1, 1}, {sum1});
  append(graph, "sum2", Add{}, {left, right});
  append(graph, "pool", Pool2d{});
  const NodeId fc1 = append(graph, "fc1", FullyConnected{5});
  append(graph, "twice", Add{}, {fc1, fc1});
  append(graph, "fc2", FullyConnected{3});
  return graph;
}

struct ResidualProgram : test::OneWorker {
  ResidualProgram(const ProgramOptions& options, std::vector<Values> weights)
      : OneWorker(residual_network(), options, std::move(weights)) {}
};

class Residual : public testing::TestWithParam<std::tuple<Domain, std::int64_t>> {
 protected:
  ProgramOptions options(Purpose purpose) const {
    return {.images = std::get<1>(GetParam()),
            .purpose = purpose,
            .domain = std::get<0>(GetParam()),
            .fc_kernel = {}};
  }
  std::int64_t pixels() const { return std::get<1>(GetParam()) * 3 * 8 * 8; }
};
INSTANTIATE_TEST_SUITE_P(Program, Residual,
                         testing::Combine(testing::ValuesIn(kAllDomains), testing::Values(1, 3, 9)),
                         [](const auto& param) {
                           return std::string(to_string(std::get<0>(param.param))) +
                                  std::to_string(std::get<1>(param.param));
                         });

TEST_P(Residual, IsTheCompositionOfTheReferences) {
  const std::vector<Values> parameters = test::small_parameters(residual_network());
  test::ReferenceNetwork reference(residual_network(), std::get<1>(GetParam()), parameters);
  Values input = test::integers(pixels(), 1);
  for (float& x : input) x = static_cast<float>((x > 1.0F) - (x < -1.0F));
  const Values logits = reference.forward(input);
  EXPECT_EQ(ResidualProgram(options(Purpose::inference), parameters).forward(input), logits);

  ResidualProgram training(options(Purpose::training), parameters);
  EXPECT_EQ(training.forward(input), logits);
  Values diff = test::integers(static_cast<std::int64_t>(logits.size()), 2);
  const std::vector<Values> expected = reference.backward(diff);
  for (int repeat = 0; repeat < 2; ++repeat) {  // nothing is left over from the first time
    const std::vector<Values> actual = training.backward(diff);
    for (std::size_t i = 0; i < expected.size(); ++i)
      EXPECT_EQ(actual[i], expected[i]) << parameter_specs(residual_network())[i].name;
    training.forward(input);
  }
}

/// Of the sum of the logits times a few numbers, along each tensor's own gradient.
TEST_P(Residual, GradientsAreThoseOfFiniteDifferences) {
  std::vector<Values> parameters;
  for (const ParameterSpec& spec : parameter_specs(residual_network())) {
    parameters.push_back(test::uniforms(element_count(spec.dims), parameters.size() + 20));
    for (float& x : parameters.back()) x *= 0.25F;
  }
  ResidualProgram f(options(Purpose::training), parameters);
  const Values input = test::uniforms(pixels(), 3);
  const auto floats = static_cast<std::int64_t>(f.forward(input).size());
  const Values factors = test::uniforms(floats, 4);
  const std::vector<Values> gradients = f.backward(factors);
  for (std::size_t p = 0; p < gradients.size(); ++p) {
    double squares = 0;
    for (const float g : gradients[p]) squares += double{g} * double{g};
    ASSERT_GT(squares, 0) << p;
    // A move of length 1e-3, in which few units cross the kink of their ReLU.
    const double step = 1e-3 / std::sqrt(squares);
    const auto value = [&](double sign) {
      for (std::size_t i = 0; i < gradients[p].size(); ++i)
        f.parameters[p][i] =
            parameters[p][i] + static_cast<float>(sign * step * double{gradients[p][i]});
      f.give_parameters();
      const Values logits = f.forward(input);
      f.parameters[p] = parameters[p];
      double sum = 0;
      for (std::size_t i = 0; i < logits.size(); ++i) sum += double{logits[i]} * double{factors[i]};
      return sum;
    };
    const double slope = (value(1) - value(-1)) / (2 * step);
    // Roundings of logits of some units, 2^-24 each, over a difference of 2e-3 times the gradient.
    EXPECT_NEAR(slope, squares, 0.02 * squares + 1e-3 * std::sqrt(squares))
        << parameter_specs(residual_network())[p].name;
  }
}

TEST_P(Residual, AnyShardGivesTheSameBitsTwice) {
  const std::vector<Values> parameters = test::small_parameters(residual_network());
  ResidualProgram f(options(Purpose::training), parameters);
  const Values input = test::uniforms(pixels(), 3);
  const Values logits = f.forward(input);
  const Values diff = test::uniforms(static_cast<std::int64_t>(logits.size()), 4);
  const std::vector<Values> gradients = f.backward(diff);
  EXPECT_EQ(f.forward(input), logits);
  EXPECT_EQ(f.backward(diff), gradients);
}

}  // namespace
}  // namespace karnin
