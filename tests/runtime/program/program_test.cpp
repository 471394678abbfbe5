#include "runtime/program/program.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <thread>

#include "runtime/core/error.h"
#include "runtime/graph/model.h"
#include "runtime/graph/networks.h"
#include "runtime/kernels/kernels.h"
#include "tests/runtime/program/program_fixture.h"
#include "tests/support/isa_level.h"
#include "tests/support/reference_network.h"

namespace karnin {
namespace {

using test::inference;
using test::kDomains;
using test::net;
using test::training;
using test::Values;
using Fixture = test::ProgramFixture;

class EveryDomain : public testing::TestWithParam<Domain> {};
INSTANTIATE_TEST_SUITE_P(Program, EveryDomain, testing::ValuesIn(kDomains),
                         [](const auto& param) { return std::string(to_string(param.param)); });

/// Folded into weights of which all are there, and into those of which few are kept.
TEST_P(EveryDomain, TakesNormalisationIntoTheWeights) {
  const Graph graph = net({4, 3, 3}, {Conv2d{6, 2, 2}, BatchNorm{0.0F}, FullyConnected{8},
                                      BatchNorm{1.0F}, ChannelAffine{}, FullyConnected{3}});
  Model model = make_model(graph);
  for (std::size_t p = 0; p < model.parameters.size(); ++p) {
    auto& [name, value, mask] = model.parameters[p];
    if (value.dims().size() == 2) mask.resize(static_cast<std::size_t>(value.size()));
    const Values random = test::uniforms(value.size(), p + 1);
    for (std::size_t i = 0; i < random.size(); ++i) {
      if (!mask.empty()) mask[i] = i % 3 == 0;
      value.span()[i] = mask.empty() || mask[i] != 0 ? 1.5F + random[i] : 0.0F;
    }
  }
  std::vector<Values> parameters;
  for (const Parameter& p : model.parameters)
    parameters.emplace_back(p.value.span().begin(), p.value.span().end());
  const Values input = test::uniforms(5 * 4 * 3 * 3, 99);
  const Values expected = test::ReferenceNetwork(graph, 5, parameters).forward(input);

  CompactModel compact{model, {}};
  for (const Parameter& p : model.parameters) compact.parameters.push_back(compacted(p));
  ASSERT_NE(view_of(compact.parameters[6]).sparse, nullptr);
  for (const NetworkView& view : {NetworkView(model), NetworkView(compact)}) {
    Program program(graph, inference(5, FcKernel::sparse_lanes, GetParam()));
    program.set_parameters(view.parameters);
    Program::Worker worker(program);
    std::ranges::copy(input, worker.input());
    worker.forward();
    for (std::size_t i = 0; i < expected.size(); ++i)
      EXPECT_NEAR(worker.logits()[i], expected[i], 1e-5 * std::abs(expected[i]) + 1e-5);
    EXPECT_EQ(std::ranges::count_if(program.steps(), &Step::has_parameters), 3);
  }
}

TEST_P(EveryDomain, LeavesTheInputAsItIs) {
  Fixture f(net({3, 4, 4}, {Relu{}, Dropout{0.5F}, FullyConnected{2}}), training(2, GetParam()));
  const Values first = f.forward({1, 2, 3});
  EXPECT_TRUE(std::ranges::equal(f.input, std::span(f.worker.input(), f.input.size())));
  f.worker.forward({1, 2, 3});
  EXPECT_TRUE(std::ranges::equal(first, std::span(f.worker.logits(), first.size())));
}

TEST_P(EveryDomain, DropoutDoesNotDependOnTheShards) {
  const Graph graph = net({3, 8, 8}, {Conv2d{10, 3, 3}, Pool2d{}, Dropout{0.5F}, FullyConnected{6},
                                      Dropout{0.5F}, FullyConnected{3}});
  Fixture whole(graph, training(4, GetParam()));
  Fixture part(graph, training(2, GetParam()));
  const Values expected = whole.forward({5, 6, 8});
  Values actual;
  for (const std::int64_t first : {0, 2}) {
    part.input.assign(whole.input.begin() + first * 192, whole.input.begin() + (first + 2) * 192);
    const Values logits = part.forward({5, 6, 8 + first});
    actual.insert(actual.end(), logits.begin(), logits.end());
  }
  EXPECT_EQ(actual, expected);
  EXPECT_NE(whole.forward({5, 7, 8}), expected);
}

TEST_P(EveryDomain, DropoutHidesNoMaximaFromThePoolBeforeIt) {
  for (const bool relu : {false, true}) {
    std::vector<Op> ops{Conv2d{10, 3, 3}, Relu{}, Pool2d{}, Dropout{0.5F}, FullyConnected{6}};
    if (!relu) ops.erase(ops.begin() + 1);
    Fixture plain(net({3, 8, 8}, ops), training(9)),
        f(net({3, 8, 8}, ops), training(9, GetParam()));
    const ShardId shard{5, 6, 8};
    EXPECT_EQ(f.forward(shard), plain.forward(shard));
    const Values diff_logits = test::integers(9 * 6, 2);
    EXPECT_EQ(f.backward(diff_logits, shard), plain.backward(diff_logits, shard));
  }
}

TEST_P(EveryDomain, FollowsItsParameters) {
  Fixture f(khanal2018(), training(2, GetParam()));
  f.forward();
  for (Values& values : f.parameters)
    for (float& x : values) x = -x;
  f.give_parameters();
  test::ReferenceNetwork reference(khanal2018(), 2, f.parameters);
  EXPECT_EQ(f.forward(), reference.forward(f.input));
}

TEST_P(EveryDomain, IsSharedByWorkersOfSeveralThreads) {
  Fixture f(khanal2018(), training(3, GetParam()));
  const Values diff_logits = test::integers(30, 2);
  const Values logits = f.forward();
  const std::vector<Values> gradients = f.backward(diff_logits);
  const auto work = [&] {
    Program::Worker worker(f.program);  // made while the other one runs
    for (int repeat = 0; repeat < 50; ++repeat) {
      std::ranges::copy(f.input, worker.input());
      worker.forward();
      EXPECT_TRUE(std::ranges::equal(logits, std::span(worker.logits(), logits.size())));
      std::ranges::copy(diff_logits, worker.diff_logits());
      std::vector<Values> own = gradients;
      std::vector<float*> targets;
      for (Values& gradient : own) {
        std::ranges::fill(gradient, 0.0F);
        targets.push_back(gradient.data());
      }
      worker.backward({}, targets);
      EXPECT_EQ(own, gradients);
    }
  };
  std::thread other(work);
  work();
  other.join();
}

TEST_P(EveryDomain, TimesEveryLayer) {
  Fixture f(khanal2018(), inference(2, FcKernel::dense, GetParam()));
  std::vector<double> microseconds(f.program.steps().size(), 0.0);
  f.worker.forward({}, microseconds);
  EXPECT_THAT(microseconds, testing::Each(testing::Gt(0.0)));
  const std::vector<double> once = microseconds;
  f.worker.forward({}, microseconds);
  for (std::size_t i = 0; i < once.size(); ++i) EXPECT_GT(microseconds[i], once[i]);
}

TEST(Program, NamesItsLayersAndTheirKernels) {
  const auto pick = [](const std::string& layer) {
    return layer == "fc1" ? FcKernel::sparse_lanes : FcKernel::dense;
  };
  const Program program(khanal2018(),
                        {.images = 4, .purpose = Purpose::inference, .fc_kernel = pick});
  std::vector<std::string> trainable;
  for (const Step& step : program.steps())
    if (step.has(Role::weight))
      trainable.push_back(step.layer->name() + " " + step.layer->kernel());
  using testing::StartsWith;
  EXPECT_THAT(trainable,
              testing::ElementsAre(StartsWith("conv1 onednn "), StartsWith("conv2 onednn "),
                                   "fc1 sparse-lanes", "fc2 dense", "fc3 dense"));
  EXPECT_EQ(program.logits(), 10);
  EXPECT_EQ(program.images(), 4);
}

TEST(Program, InLanesFusesPoolsAndSkipsWeightsThatAreZero) {
  Model model = make_model(khanal2018());
  for (Parameter& parameter : model.parameters) std::ranges::fill(parameter.value.span(), 1.0F);
  auto conv2 = model.parameters[2].value.span();
  std::ranges::fill(conv2.first(conv2.size() / 2), 0.0F);
  Program program(model.graph, inference(4, FcKernel::sparse_lanes, Domain::lanes));
  std::vector<const float*> parameters;
  for (const Parameter& parameter : model.parameters) parameters.push_back(parameter.value.data());
  program.set_parameters(parameters);
  std::vector<std::string> kernels;
  for (const Step& step : program.steps())
    kernels.push_back(step.layer->name() + ": " + step.layer->kernel());
  EXPECT_THAT(kernels,
              testing::ElementsAre("images to lanes: transpose", "conv1: dense in lanes, max pool",
                                   "conv2: sparse in lanes, max pool", "fc1: sparse in lanes",
                                   "fc2: sparse in lanes", "fc3: sparse in lanes",
                                   "logits from lanes: transpose"));
}

TEST(Program, InPlanesTakesPoolsInAndLeavesOtherConvolutionsToOneDnn) {
  const Graph graph =
      net({3, 20, 20}, {Conv2d{4, 3, 3}, Relu{}, Pool2d{}, Conv2d{5, 3, 3, 1, 1, 1, 1}, Relu{},
                        Pool2d{}, FullyConnected{3}});
  for (const ProgramOptions& options :
       {training(2, Domain::planes), inference(2, FcKernel::dense, Domain::planes)}) {
    const Program program(graph, options);
    EXPECT_EQ(program.steps()[0].layer->kernel(), "planes, max pool");
    EXPECT_EQ(program.steps()[0].layer->dst().extent, (Extent{4, 9, 9}));
    EXPECT_THAT(program.steps()[1].layer->kernel(), testing::StartsWith("onednn "));
  }
}

TEST(Program, TheRuleTakesLanesWhereTheyAreFullAndElsePlanes) {
  const std::int64_t lanes = kernels::active().lanes;
  EXPECT_EQ(domain_rule(1), Domain::planes);
  EXPECT_EQ(domain_rule(lanes), Domain::lanes);
  EXPECT_EQ(domain_rule(lanes - 1), Domain::lanes);
  EXPECT_EQ(domain_rule(100 * lanes + 1), Domain::lanes);
}

TEST_P(EveryDomain, RefusesWhatItCannotRun) {
  EXPECT_THROW(Program(khanal2018(), training(0, GetParam())), ArgumentError);
  EXPECT_THROW(Program(net({3, 8, 8}, {Conv2d{4, 9, 9}}), training(1, GetParam())), ShapeError);
  EXPECT_THROW(Program(net({3, 1, 1}, {Dropout{0.5F}}), inference(1, FcKernel::dense, GetParam())),
               ShapeError);
}

/// formats/FORMAT.md: the mean of the pixels inside the image, whatever computes it. So a plane of
/// ones stays one, and its border too.
TEST(Program, AveragePoolingLeavesPaddingOutInEveryDomain) {
  const Graph network =
      net({3, 7, 6}, {Pool2d{PoolKind::average, 3, 3, 1, 1, 2, 1}, Conv2d{1, 9, 6}});
  for (const Domain domain : kDomains)
    for (const std::int64_t images : {1, 8, 32})
      for (const Purpose purpose : {Purpose::training, Purpose::inference}) {
        Fixture fixture(network, {.images = images,
                                  .purpose = purpose,
                                  .domain = domain,
                                  .fc_kernel = [](const std::string&) { return FcKernel::dense; }});
        for (Values& values : fixture.parameters) std::ranges::fill(values, 1.0F);
        fixture.give_parameters();
        std::ranges::fill(fixture.input, 1.0F);
        EXPECT_THAT(fixture.forward(), testing::Each(3 * 9 * 6 + 1)) << to_string(domain);
      }
}

}  // namespace
}  // namespace karnin
