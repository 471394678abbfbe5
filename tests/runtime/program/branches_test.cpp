// Networks as others make them, with branches and normalisation, against the references. Not all
// numbers on the way are exact.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "runtime/program/program.h"
#include "tests/support/fill.h"
#include "tests/support/isa_level.h"
#include "tests/support/reference_network.h"

namespace karnin {
namespace {

using test::Values;
using enum ActivationKind;

/// An inverted residual block with squeeze and excitation, as in MobileNetV3.
Graph mobile_network() {
  Graph graph = make_graph("mobile", {3, 9, 8});
  append(graph, "stem", Conv2d{.oc = 6, .kh = 3, .kw = 3, .sh = 2, .sw = 2, .ph = {0, 1}, .pw = 1});
  append(graph, "norm0", BatchNorm{});
  const NodeId stem = append(graph, "swish0", Activation{hard_swish});
  append(graph, "expand", Conv2d{.oc = 12, .kh = 1, .kw = 1});
  append(graph, "norm1", BatchNorm{});
  append(graph, "relu6", Activation{clip, 0, 6});
  append(graph, "depthwise", Conv2d{.oc = 12, .kh = 3, .kw = 3, .ph = 1, .pw = 1, .groups = 12});
  append(graph, "norm2", BatchNorm{});
  const NodeId wide = append(graph, "swish", Activation{hard_swish});
  append(graph, "squeeze", Pool2d{.kind = PoolKind::average, .kh = 4, .kw = 4});
  append(graph, "excite", Conv2d{.oc = 12, .kh = 1, .kw = 1});
  const NodeId gate = append(graph, "gate", Activation{hard_sigmoid, 0.25F, 0.5F});
  append(graph, "scale", Arithmetic{ArithmeticKind::multiply}, {wide, gate});
  const NodeId project = append(graph, "project", Conv2d{.oc = 6, .kh = 1, .kw = 1});
  append(graph, "sum", Add{}, {project, stem});
  append(graph, "prelu", PRelu{});
  append(graph, "fc", FullyConnected{5});
  return graph;
}

/// One value that three read, whose channels meet again; axes that change places.
Graph inception_network() {
  Graph graph = make_graph("inception", {4, 6, 7});
  const NodeId stem = append(graph, "stem", Conv2d{.oc = 8, .kh = 1, .kw = 1});
  const NodeId a = append(graph, "a", Conv2d{.oc = 3, .kh = 3, .kw = 3, .ph = 1, .pw = 1}, {stem});
  append(graph, "b0", Conv2d{.oc = 4, .kh = 1, .kw = 1}, {stem});
  append(graph, "b1", Activation{leaky_relu, 0.1F});
  const NodeId b =
      append(graph, "b2", Conv2d{.oc = 5, .kh = 3, .kw = 3, .ph = 2, .pw = 2, .dh = 2, .dw = 2});
  const NodeId c = append(
      graph, "c",
      Pool2d{.kind = PoolKind::max, .kh = 3, .kw = 3, .sh = 1, .sw = 1, .ph = 1, .pw = 1}, {stem});
  append(graph, "concat", Concat{}, {a, b, c, a});
  append(graph, "affine", ChannelAffine{});
  append(graph, "turn", Transpose{{0, 2, 1}});
  append(graph, "tanh", Activation{tanh});
  append(graph, "pad", Pad{{2, -1}, {-1, 2}, 0.5F});
  append(graph, "half", Conv2d{.oc = 4, .kh = 3, .kw = 3, .sh = 2, .sw = 2});
  append(graph, "flat", Reshape{{4 * 3 * 3, 1, 1}});
  append(graph, "fc", FullyConnected{4});
  return graph;
}

/// What measures a mean takes a bias away: its gradient is 0, the sum of terms that were divided by
/// a deviation, of a channel that is 0 everywhere sqrt(epsilon).
const float kUndone = 1 / std::sqrt(BatchNorm{}.epsilon);

class Branches : public testing::TestWithParam<std::tuple<Graph, Domain, std::int64_t>> {
 protected:
  const Graph graph_ = std::get<0>(GetParam());
  const std::int64_t images_ = std::get<2>(GetParam());
  std::vector<Values> parameters_ = test::random_parameters(graph_);
  const Values input_ = test::uniforms(images_ * input_extent(graph_).size(), 3);

  ProgramOptions options(Purpose purpose, bool measures = false) const {
    return {.images = images_,
            .purpose = purpose,
            .domain = std::get<1>(GetParam()),
            .fc_kernel = {},
            .measures = measures};
  }

  void prepare(Program& program) const {
    std::vector<const float*> pointers;
    for (const Values& values : parameters_) pointers.push_back(values.data());
    program.set_parameters(pointers);
  }

  void expect_gradients(bool measures) const;

  /// Sums of some hundred terms of that size, or of theirs, each rounded.
  static void expect_near(const Values& actual, const Values& expected, float size = 1) {
    for (const float x : expected) size = std::max(size, std::abs(x));
    for (std::size_t i = 0; i < expected.size(); ++i)
      ASSERT_NEAR(actual[i], expected[i], 1e-5F * size) << i;
  }
};
INSTANTIATE_TEST_SUITE_P(Program, Branches,
                         testing::Combine(testing::Values(mobile_network(), inception_network()),
                                          testing::ValuesIn(kAllDomains), testing::Values(1, 3, 9)),
                         [](const auto& param) {
                           return std::get<0>(param.param).name +
                                  std::string(to_string(std::get<1>(param.param))) +
                                  std::to_string(std::get<2>(param.param));
                         });

TEST_P(Branches, AreTheCompositionOfTheReferences) {
  test::ReferenceNetwork reference(graph_, images_, parameters_);
  const Values logits = reference.forward(input_);
  for (const Purpose purpose : {Purpose::inference, Purpose::training}) {
    Program program(graph_, options(purpose));
    prepare(program);
    Program::Worker worker(program);
    std::ranges::copy(input_, worker.input());
    worker.forward();
    expect_near({worker.logits(), worker.logits() + logits.size()}, logits);
  }
}

void Branches::expect_gradients(bool measures) const {
  Program program(graph_, options(Purpose::training, measures));
  prepare(program);
  Program::Worker worker(program);
  std::ranges::copy(input_, worker.input());
  worker.forward();
  test::ReferenceNetwork reference(graph_, images_, parameters_, measures);
  const auto floats = static_cast<std::int64_t>(reference.forward(input_).size());
  const Values diff = test::uniforms(floats, 4);
  std::ranges::copy(diff, worker.diff_logits());
  std::vector<Values> gradients = parameters_;
  std::vector<float*> targets;
  for (Values& gradient : gradients) targets.push_back(gradient.data());
  worker.backward({}, targets);
  const std::vector<Values> expected = reference.backward(diff);
  const std::vector<ParameterSpec> specs = parameter_specs(graph_);
  for (std::size_t p = 0; p < expected.size(); ++p) {
    SCOPED_TRACE(specs[p].name);
    if (is_statistic(specs[p].role) && !measures)
      EXPECT_THAT(gradients[p], testing::Each(0.0F));
    else
      expect_near(gradients[p], expected[p],
                  specs[p].role == Role::bias && measures ? kUndone : 1.0F);
  }
}

TEST_P(Branches, GradientsAreThoseOfTheReferences) { expect_gradients(false); }

TEST_P(Branches, GradientsAreThoseOfTheReferencesWhereBatchNormMeasures) { expect_gradients(true); }

}  // namespace
}  // namespace karnin
