#include "runtime/graph/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "runtime/core/error.h"
#include "runtime/graph/networks.h"
#include "runtime/graph/parameters.h"
#include "tests/support/error_message.h"

namespace karnin {
namespace {

Extent after(const Op& op, const Extent& src) { return extent(op, {&src, 1}); }

Graph single(const Op& op, const Extent& input) {
  return make_chain("single", input, {{"layer", op}});
}

TEST(Graph, KhanalHasTheShapesOfThePaper) {
  const std::vector<Extent> extents = infer_extents(khanal2018());
  const std::vector<Extent> expected{{3, 32, 32},  {10, 28, 28}, {10, 28, 28}, {10, 14, 14},
                                     {16, 10, 10}, {16, 10, 10}, {16, 5, 5},   {120, 1, 1},
                                     {120, 1, 1},  {84, 1, 1},   {84, 1, 1},   {10, 1, 1}};
  EXPECT_EQ(extents, expected);
}

TEST(Graph, KhanalHasTheParametersOfThePaper) {
  std::int64_t total = 0;
  std::vector<std::string> names;
  for (const ParameterSpec& spec : parameter_specs(khanal2018())) {
    names.push_back(spec.name);
    total += element_count(spec.dims);
    EXPECT_EQ(spec.role == Role::bias, spec.dims.size() == 1);
  }
  EXPECT_EQ(total, 63'910);
  EXPECT_THAT(names, testing::ElementsAre("conv1.weight", "conv1.bias", "conv2.weight",
                                          "conv2.bias", "fc1.weight", "fc1.bias", "fc2.weight",
                                          "fc2.bias", "fc3.weight", "fc3.bias"));
}

TEST(Graph, FindsParametersByNodeAndRole) {
  const Graph net = khanal2018();
  const std::vector<ParameterSpec> specs = parameter_specs(net);
  for (std::size_t p = 0; p < specs.size(); ++p)
    EXPECT_EQ(find_parameter(specs, specs[p].node, specs[p].role), p);
  EXPECT_EQ(find_parameter(specs, 2, Role::weight), std::nullopt) << "relu1";
  EXPECT_EQ(find_parameter(specs, 99, Role::bias), std::nullopt);
  EXPECT_EQ(find_parameter({}, 0, Role::weight), std::nullopt);
  EXPECT_EQ(find_node(net, "conv2"), 4);
  EXPECT_EQ(find_node(net, "conv"), std::nullopt);
}

TEST(Graph, WindowsCountAsASlidingWindowWould) {
  for (std::int64_t length = 1; length <= 9; ++length)
    for (std::int64_t kernel = 1; kernel <= 5; ++kernel)
      for (std::int64_t stride = 1; stride <= 3; ++stride)
        for (std::int64_t padding = 0; padding < kernel; ++padding) {
          std::int64_t count = 0;
          for (std::int64_t at = -padding; at + kernel <= length + padding; at += stride) ++count;
          const Conv2d conv{4, kernel, 1, stride, 1, padding, 0};
          const Pool2d pool{PoolKind::average, kernel, 1, stride, 1, padding, 0};
          const Extent src{2, length, 3};
          if (count == 0) {
            EXPECT_THROW(after(conv, src), ShapeError);
            EXPECT_THROW(after(pool, src), ShapeError);
          } else {
            EXPECT_EQ(after(conv, src), (Extent{4, count, 3}));
            EXPECT_EQ(after(pool, src), (Extent{2, count, 3}));
          }
        }
}

TEST(Graph, LayersThatKeepOrFlattenTheShape) {
  EXPECT_EQ(after(Relu{}, {2, 3, 4}), (Extent{2, 3, 4}));
  EXPECT_EQ(after(Dropout{0.3F}, {2, 3, 4}), (Extent{2, 3, 4}));
  EXPECT_EQ(after(FullyConnected{7}, {2, 3, 4}), (Extent{7, 1, 1}));
}

TEST(Graph, RefusesSpecsOutOfRange) {
  const Extent src{2, 8, 8};
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<Op> hostile{Conv2d{0, 3, 3},
                                Conv2d{-4, 3, 3},
                                Conv2d{4, 0, 3},
                                Conv2d{4, 3, 9},
                                Conv2d{4, 3, 3, 0, 1},
                                Conv2d{4, 3, 3, 1, -1},
                                Conv2d{4, 3, 3, 1, 1, 3, 0},
                                Conv2d{4, 3, 3, 1, 1, 0, -1},
                                Conv2d{kMaxDim + 1, 3, 3},
                                Pool2d{PoolKind::max, 0, 2},
                                Pool2d{PoolKind::max, 2, 2, 2, 0},
                                Pool2d{PoolKind::max, 2, 2, 2, 2, 2, 0},
                                FullyConnected{0},
                                FullyConnected{-1},
                                FullyConnected{std::numeric_limits<std::int64_t>::max()},
                                Dropout{1.0F},
                                Dropout{-0.1F},
                                Dropout{nan}};
  for (std::size_t i = 0; i < hostile.size(); ++i)
    EXPECT_THROW(after(hostile[i], src), ShapeError) << "spec " << i;
}

TEST(Graph, TheErrorNamesTheLayer) {
  Graph net = khanal2018();
  net.nodes[4].op = Conv2d{16, 15, 5};
  try {
    infer_extents(net);
    FAIL() << "no exception";
  } catch (const ShapeError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("'conv2'"));
    EXPECT_THAT(error.what(), testing::HasSubstr("15"));
  }
}

TEST(Graph, RefusesWhatIsUnsound) {
  const auto image = [](Graph& net) -> Extent& { return std::get<Input>(net.nodes[0].op).extent; };
  const std::vector<std::function<void(Graph&)>> damages{
      [](Graph& net) { net.nodes.clear(); },
      [](Graph& net) { net.nodes.resize(1); },
      [](Graph& net) { net.nodes.resize(kMaxNodes + 2, net.nodes[2]); },
      [](Graph& net) { net.nodes[3].name = "conv1"; },
      [](Graph& net) { net.nodes[3].name = "input"; },
      [](Graph& net) { net.nodes[3].name.clear(); },
      [](Graph& net) { net.nodes[3].inputs.clear(); },
      [](Graph& net) { net.nodes[3].inputs = {2, 1}; },
      [](Graph& net) { net.nodes[3].inputs = {3}; },
      [](Graph& net) { net.nodes[3].inputs = {8}; },
      [](Graph& net) { net.nodes[3].inputs = {-1}; },
      [](Graph& net) { net.nodes[0].inputs = {0}; },
      [](Graph& net) { net.outputs.clear(); },
      [](Graph& net) { net.outputs = {12}; },
      [](Graph& net) { net.outputs = {-1}; },
      [](Graph& net) { net.outputs = {11, 3, 11}; },
      [=](Graph& net) { image(net) = {3, 0, 32}; },
      [=](Graph& net) { image(net) = {-3, 32, 32}; },
      [=](Graph& net) { image(net) = {kMaxDim, kMaxDim, kMaxDim}; },
      [=](Graph& net) { image(net) = {3, 8, 8}; }};
  for (std::size_t i = 0; i < damages.size(); ++i) {
    Graph net = khanal2018();
    damages[i](net);
    EXPECT_THROW(infer_extents(net), ShapeError) << "damage " << i;
    EXPECT_THROW(parameter_specs(net), ShapeError) << "damage " << i;
  }
}

/// conv1 -> relu, and both of them added.
Graph residual() {
  Graph net = make_graph("residual", {2, 5, 5});
  const NodeId conv = append(net, "conv1", Conv2d{4, 3, 3});
  const NodeId relu = append(net, "relu1", Relu{});
  append(net, "sum", Add{}, {relu, conv});
  return net;
}

TEST(Graph, NeedNotBeAChain) {
  const Graph net = residual();
  EXPECT_EQ(infer_extents(net).back(), (Extent{4, 3, 3}));
  EXPECT_THAT(readers_of(net),
              testing::ElementsAre(testing::ElementsAre(1), testing::ElementsAre(2, 3),
                                   testing::ElementsAre(3), testing::IsEmpty()));
  EXPECT_FALSE(is_chain(net));
  EXPECT_TRUE(is_chain(khanal2018()));
  Graph ends_early = khanal2018();
  ends_early.outputs = {3};
  EXPECT_EQ(infer_extents(ends_early).size(), 12U);
  EXPECT_FALSE(is_chain(ends_early));
}

TEST(Graph, AddsValuesOfOneSize) {
  const auto problem = [](const std::vector<Extent>& srcs) {
    return test::error_message<ShapeError>([&] { extent(Add{}, srcs); });
  };
  EXPECT_EQ(extent(Add{}, std::vector<Extent>(2, {3, 4, 5})), (Extent{3, 4, 5}));
  EXPECT_EQ(problem({{3, 4, 5}}), "expected two inputs, got 1");
  EXPECT_EQ(problem({{3, 4, 5}, {3, 5, 4}}), "expected inputs of one size, got 3x4x5 and 3x5x4");
}

TEST(Graph, ClassesAreWhatTheOutputHas) {
  EXPECT_EQ(class_count(khanal2018({1, 32, 32}, 7)), 7);
  EXPECT_THAT(test::error_message<ShapeError>([] { class_count(residual()); }),
              testing::EndsWith("'sum': the last layer must give one value a class, not 4x3x3"));
  EXPECT_EQ(input_extent(residual()), (Extent{2, 5, 5}));
}

TEST(Graph, OutputsAreTheNodesThatItNames) {
  Graph net = residual();
  EXPECT_EQ(sole_output(net), (Output{"sum", {4, 3, 3}}));
  net.outputs = {3, 0, 1};
  EXPECT_THAT(outputs_of(net),
              testing::ElementsAre(Output{"sum", {4, 3, 3}}, Output{"input", {2, 5, 5}},
                                   Output{"conv1", {4, 3, 3}}));
}

TEST(Graph, WhoWantsOneOutputIsToldWhatThereIs) {
  Graph net = residual();
  net.outputs = {3, 1};
  EXPECT_EQ(test::error_message<ShapeError>([&] { class_count(net); }),
            "network 'residual': expected one output, got 2, 'sum' (4x3x3), 'conv1' (4x3x3)");
  std::vector<NodeId> many;
  for (int i = 0; i < 9; ++i) many.push_back(append(net, std::to_string(i), Relu{}));
  net.outputs = many;
  EXPECT_THAT(test::error_message<ShapeError>([&] { sole_output(net); }),
              testing::AllOf(testing::HasSubstr("got 9, '0'"), testing::EndsWith(") and more")));
}

TEST(Graph, OpsTellWhatMayBeDoneWithThem) {
  EXPECT_TRUE(traits(Conv2d{}).trainable && traits(FullyConnected{}).trainable);
  EXPECT_TRUE(traits(Relu{}).monotone && traits(Relu{}).elementwise && traits(Relu{}).keeps_units);
  EXPECT_TRUE(traits(Pool2d{}).keeps_units);
  EXPECT_FALSE(traits(Pool2d{}).elementwise);
  EXPECT_FALSE(traits(Add{}).keeps_units) << "a unit of one input may be constant alone";
}

TEST(Graph, RefusesTensorsTooLargeToName) {
  EXPECT_THROW(parameter_specs(single(FullyConnected{kMaxDim}, {4096, 1, 1})), ShapeError);
  // Small at either end, but oc x ic x kh x kw does not even fit 64 bits.
  const Conv2d huge{kMaxDim, kMaxDim, kMaxDim, kMaxDim, kMaxDim, kMaxDim - 1, kMaxDim - 1};
  EXPECT_THROW(parameter_specs(single(huge, {kMaxDim, 1, 1})), ShapeError);
}

/// Whether it is in one layer that they are too many, or in all.
TEST(Graph, StatesHowManyWeightsThereMayBe) {
  const auto problem = [](std::int64_t inputs, const std::vector<std::int64_t>& outputs) {
    Graph net = make_graph("wide", {inputs, 1, 1});
    for (const std::int64_t oc : outputs)
      append(net, "fc" + std::to_string(net.nodes.size() - 1), FullyConnected{oc});
    try {
      parameter_specs(net);
      return std::string();
    } catch (const ShapeError& error) {
      return std::string(error.what());
    }
  };
  EXPECT_EQ(problem(1 << 14, {1 << 14}), "");
  EXPECT_EQ(problem(1 << 14, {1 << 12, 1 << 13, 1 << 14}), "") << "2^26, 2^25 and 2^27";
  EXPECT_THAT(problem(2000, {1'000'000}),
              testing::HasSubstr("layer 'fc0': expected at most 268435456 weights"));
  EXPECT_THAT(problem((1 << 14) + 1, {1 << 14}), testing::HasSubstr("got 268451840"));
  EXPECT_THAT(problem(1 << 14, {1 << 13, 1 << 13, 1 << 13, 2}), testing::HasSubstr("layer 'fc3'"));
  EXPECT_THAT(problem(1 << 14, {1 << 13, 1 << 13, 1 << 13, 1 << 13}),
              testing::HasSubstr("layer 'fc3'"));
}

}  // namespace
}  // namespace karnin
