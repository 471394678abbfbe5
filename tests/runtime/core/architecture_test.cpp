#include "runtime/core/architecture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "runtime/core/error.h"
#include "runtime/core/networks.h"

namespace karnin {
namespace {

Extent after(const LayerSpec& spec, const Extent& src) {
  return dst_extent(Node{"layer", spec, {kImageInput}}, src);
}

Architecture single(const LayerSpec& spec, const Extent& input) {
  return {"single", input, {{"layer", spec, {kImageInput}}}};
}

TEST(Architecture, KhanalHasTheShapesOfThePaper) {
  const std::vector<Extent> extents = infer_extents(khanal2018());
  const std::vector<Extent> expected{{10, 28, 28}, {10, 28, 28}, {10, 14, 14}, {16, 10, 10},
                                     {16, 10, 10}, {16, 5, 5},   {120, 1, 1},  {120, 1, 1},
                                     {84, 1, 1},   {84, 1, 1},   {10, 1, 1}};
  EXPECT_EQ(extents, expected);
}

TEST(Architecture, KhanalHasTheParametersOfThePaper) {
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

TEST(Architecture, FindsParametersByNodeAndRole) {
  const Architecture net = khanal2018();
  const std::vector<ParameterSpec> specs = parameter_specs(net);
  for (std::size_t p = 0; p < specs.size(); ++p)
    EXPECT_EQ(find_parameter(specs, specs[p].node, specs[p].role), p);
  EXPECT_EQ(find_parameter(specs, 1, Role::weight), std::nullopt) << "relu1";
  EXPECT_EQ(find_parameter(specs, 99, Role::bias), std::nullopt);
  EXPECT_EQ(find_parameter({}, 0, Role::weight), std::nullopt);
  EXPECT_EQ(find_node(net, "conv2"), 3);
  EXPECT_EQ(find_node(net, "conv"), std::nullopt);
}

TEST(Architecture, WindowsCountAsASlidingWindowWould) {
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

TEST(Architecture, LayersThatKeepOrFlattenTheShape) {
  EXPECT_EQ(after(Relu{}, {2, 3, 4}), (Extent{2, 3, 4}));
  EXPECT_EQ(after(Dropout{0.3F}, {2, 3, 4}), (Extent{2, 3, 4}));
  EXPECT_EQ(after(FullyConnected{7}, {2, 3, 4}), (Extent{7, 1, 1}));
}

TEST(Architecture, RefusesSpecsOutOfRange) {
  const Extent src{2, 8, 8};
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<LayerSpec> hostile{Conv2d{0, 3, 3},
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

TEST(Architecture, TheErrorNamesTheLayer) {
  Architecture net = khanal2018();
  net.nodes[3].spec = Conv2d{16, 15, 5};
  try {
    infer_extents(net);
    FAIL() << "no exception";
  } catch (const ShapeError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("'conv2'"));
    EXPECT_THAT(error.what(), testing::HasSubstr("15"));
  }
}

TEST(Architecture, RefusesWhatIsNoChain) {
  const std::vector<std::function<void(Architecture&)>> damages{
      [](Architecture& net) { net.nodes.clear(); },
      [](Architecture& net) { net.nodes.resize(kMaxNodes + 1, net.nodes[1]); },
      [](Architecture& net) { net.nodes[2].name = "conv1"; },
      [](Architecture& net) { net.nodes[2].name.clear(); },
      [](Architecture& net) { net.nodes[2].inputs.clear(); },
      [](Architecture& net) { net.nodes[2].inputs = {1, 0}; },
      [](Architecture& net) { net.nodes[2].inputs = {0}; },
      [](Architecture& net) { net.nodes[2].inputs = {7}; },
      [](Architecture& net) { net.nodes[0].inputs = {0}; },
      [](Architecture& net) { net.nodes.resize(6); },  // ends in 16x5x5
      [](Architecture& net) { net.input = {3, 0, 32}; },
      [](Architecture& net) { net.input = {-3, 32, 32}; },
      [](Architecture& net) { net.input = {kMaxDim, kMaxDim, kMaxDim}; },
      [](Architecture& net) { net.input = {3, 8, 8}; }};
  for (std::size_t i = 0; i < damages.size(); ++i) {
    Architecture net = khanal2018();
    damages[i](net);
    EXPECT_THROW(infer_extents(net), ShapeError) << "damage " << i;
    EXPECT_THROW(parameter_specs(net), ShapeError) << "damage " << i;
  }
}

TEST(Architecture, RefusesTensorsTooLargeToName) {
  EXPECT_THROW(parameter_specs(single(FullyConnected{kMaxDim}, {4096, 1, 1})), ShapeError);
  // Small at either end, but oc x ic x kh x kw does not even fit 64 bits.
  const Conv2d huge{kMaxDim, kMaxDim, kMaxDim, kMaxDim, kMaxDim, kMaxDim - 1, kMaxDim - 1};
  EXPECT_THROW(parameter_specs(single(huge, {kMaxDim, 1, 1})), ShapeError);
}

/// Whether it is in one layer that they are too many, or in all.
TEST(Architecture, StatesHowManyWeightsThereMayBe) {
  const auto problem = [](std::int64_t inputs, const std::vector<std::int64_t>& outputs) {
    Architecture net{"wide", {inputs, 1, 1}, {}};
    for (const std::int64_t oc : outputs)
      net.nodes.push_back({"fc" + std::to_string(net.nodes.size()),
                           FullyConnected{oc},
                           {static_cast<int>(net.nodes.size()) - 1}});
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
