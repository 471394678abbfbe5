// Add, Sub, Mul, Div and Sum, worked out here from ONNX's definition.
#include <gmock/gmock.h>

#include "tests/support/error_message.h"
#include "tests/support/fill.h"
#include "tests/support/onnx_run.h"

namespace karnin {
namespace {

using test::decoded;
using test::is_chain_of;
using test::OnnxFile;
using test::run;
using test::Values;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// x, N x 2 x 1 x 2, and a constant c; y is `op` of both.
OnnxFile with_constant(const std::string& op, bool first, const std::vector<std::int64_t>& dims,
                       const Values& values) {
  OnnxFile file;
  file.input("x", {-1, 2, 1, 2}).reals("c", dims, values);
  file.node(op, first ? std::vector<std::string>{"c", "x"} : std::vector<std::string>{"x", "c"},
            "y");
  return file.output("y");
}

TEST(OnnxArithmetic, ConstantsOfAChannelAreALayer) {
  const auto result = [](const std::string& op, bool first) {
    const Model model = decoded(with_constant(op, first, {2, 1, 1}, {2, 4}));
    EXPECT_TRUE(is_chain_of<ChannelAffine>(model.graph));
    return run(model, 1, {1, 2, 4, 8});
  };
  EXPECT_THAT(result("Add", false), ElementsAre(3, 4, 8, 12));
  EXPECT_THAT(result("Add", true), ElementsAre(3, 4, 8, 12));
  EXPECT_THAT(result("Sub", false), ElementsAre(-1, 0, 0, 4));
  EXPECT_THAT(result("Sub", true), ElementsAre(1, 0, 0, -4));
  EXPECT_THAT(result("Mul", false), ElementsAre(2, 4, 16, 32));
  EXPECT_THAT(result("Mul", true), ElementsAre(2, 4, 16, 32));
  EXPECT_THAT(result("Div", false), ElementsAre(0.5F, 1, 1, 2));
}

/// x, N x 2 x 1 x 2, and the largest of each channel, expanded to that size.
OnnxFile expanded(const std::string& other) {
  OnnxFile file;
  file.input("x", {-1, 2, 1, 2}).node("GlobalMaxPool", {"x"}, "m").node("Shape", {"x"}, "size");
  file.node("Expand", {"m", "size"}, "e").node("Sub", {other, "e"}, "y").reals("c", {2}, {1, 2});
  return file.output("y");
}

TEST(OnnxArithmetic, AnExpandedValueMeetsOneOfItsSize) {
  EXPECT_THAT(run(decoded(expanded("x")), 1, {1, 2, 8, 4}), ElementsAre(-1, 0, 0, -4));
  for (const char* other : {"m", "c", "e"})
    EXPECT_THAT(test::error_message<FileError>([&] { decoded(expanded(other)); }),
                HasSubstr("expected what is expanded to meet a value of that size, got Nx2x1x2 of "
                          "Nx2x1x1"));
}

TEST(OnnxArithmetic, ConstantsGetTheTypeOfAValue) {
  OnnxFile file(18);
  file.input("x", {-1, 2}).integers("two", {2}).node("CastLike", {"two", "x"}, "real");
  file.node("CastLike", {"x", "real"}, "same").node("Mul", {"same", "real"}, "y").output("y");
  EXPECT_THAT(run(decoded(file), 1, {3, -5}), ElementsAre(6, -10));
}

TEST(OnnxArithmetic, NegationIsAFactor) {
  OnnxFile file;
  file.input("x", {-1, 2}).reals("c", {2}, {1, 2}).node("Neg", {"x"}, "a").node("Neg", {"c"}, "b");
  file.node("Add", {"a", "b"}, "y");
  EXPECT_THAT(run(decoded(file.output("y")), 1, {3, -5}), ElementsAre(-4, 3));
}

TEST(OnnxArithmetic, RemaindersAreOfSizes) {
  OnnxFile file;
  file.input("x", {-1, 6}).integers("a", {-3}).integers("b", {5}).node("Mod", {"a", "b"}, "two");
  file.integers("stay", {0}).integers("open", {-1}).node("Concat", {"stay", "two", "open"}, "to");
  file.with("axis", 0).node("Reshape", {"x", "to"}, "r").node("Relu", {"r"}, "y").output("y");
  EXPECT_EQ(infer_extents(decoded(file).graph).back(), (Extent{2, 1, 3}));
  OnnxFile none;
  none.input("x", {-1, 6}).integers("a", {0, 0}).node("Mod", {"a", "a"}, "to");
  none.node("Reshape", {"x", "to"}, "y").output("y");
  EXPECT_THAT(test::error_message<FileError>([&] { decoded(none); }), HasSubstr("got 0 and 0"));
}

TEST(OnnxArithmetic, ConstantsMayBeOneNumberOrOneForEachElement) {
  EXPECT_THAT(run(decoded(with_constant("Mul", false, {}, {3})), 1, {1, 2, 4, 8}),
              ElementsAre(3, 6, 12, 24));
  EXPECT_THAT(run(decoded(with_constant("Mul", false, {2}, {1, 10})), 1, {1, 2, 4, 8}),
              ElementsAre(1, 20, 4, 80));
  EXPECT_THAT(run(decoded(with_constant("Sub", true, {1, 2, 1, 2}, {1, 2, 3, 4})), 1, {1, 2, 4, 8}),
              ElementsAre(0, 0, -1, -4));
}

/// A constant for each element, of a value that ONNX sees in another order than memory.
TEST(OnnxArithmetic, ConstantsFollowTheOrderOfTheValue) {
  OnnxFile file;
  file.input("x", {-1, 2, 1, 3}).node("Transpose", {"x"}, "t").with("perm", {0, 3, 2, 1});
  file.reals("c", {3, 1, 2}, {1, 2, 3, 4, 5, 6}).node("Add", {"t", "c"}, "a");
  file.node("Transpose", {"a"}, "y").with("perm", {0, 3, 2, 1}).output("y");
  EXPECT_THAT(run(decoded(file), 1, {10, 20, 30, 40, 50, 60}), ElementsAre(11, 23, 35, 42, 54, 66));
}

TEST(OnnxArithmetic, WhatNoLayerGivesIsRefused) {
  const auto refusal = [](const OnnxFile& file) {
    return test::error_message<FileError>([&] { decoded(file); });
  };
  EXPECT_THAT(refusal(with_constant("Div", true, {}, {1})), HasSubstr("expected a divisor"));
  EXPECT_THAT(refusal(with_constant("Div", false, {}, {0})), HasSubstr("expected finite values"));
  EXPECT_THAT(refusal(with_constant("Add", false, {3, 2, 1, 2}, Values(12))),
              HasSubstr("expected a constant that is the same for all images, got 3x2x1x2"));
}

/// x, N x 2 x 1 x 2, with the largest of each channel's values, N x 2 x 1 x 1.
Values with_largest(const std::string& op, bool first) {
  OnnxFile file;
  file.input("x", {-1, 2, 1, 2}).node("GlobalMaxPool", {"x"}, "m").output("y");
  file.node(op, first ? std::vector<std::string>{"m", "x"} : std::vector<std::string>{"x", "m"},
            "y");
  return run(decoded(file), 2, {1, 2, 4, 8, 3, 6, 0, 1});
}

TEST(OnnxArithmetic, AValueOfEachChannelIsBroadcast) {
  EXPECT_THAT(with_largest("Mul", false), ElementsAre(2, 4, 32, 64, 18, 36, 0, 1));
  EXPECT_EQ(with_largest("Mul", true), with_largest("Mul", false));
  EXPECT_THAT(with_largest("Add", false), ElementsAre(3, 4, 12, 16, 9, 12, 1, 2));
  EXPECT_EQ(with_largest("Add", true), with_largest("Add", false));
  EXPECT_THAT(with_largest("Sub", false), ElementsAre(-1, 0, -4, 0, -3, 0, -1, 0));
  EXPECT_THAT(with_largest("Sub", true), ElementsAre(1, 0, 4, 0, 3, 0, 1, 0));
  EXPECT_THAT(with_largest("Div", false), ElementsAre(0.5F, 1, 0.5F, 1, 0.5F, 1, 0, 1));
  EXPECT_THROW(with_largest("Div", true), FileError);
}

/// The gates of a spatial attention: one value for each position, of all channels.
TEST(OnnxArithmetic, AValueOfEachPositionIsBroadcast) {
  OnnxFile file;
  file.input("x", {-1, 2, 1, 3})
      .node("ReduceMax", {"x"}, "m")
      .with("axes", std::vector<std::int64_t>{1});
  file.node("Mul", {"x", "m"}, "y").output("y");
  EXPECT_THAT(run(decoded(file), 1, {1, 2, 3, 2, 1, 0}), ElementsAre(2, 4, 9, 4, 2, 0));
}

TEST(OnnxArithmetic, ValuesOfOneSizeMeetElementByElement) {
  for (const auto& [op, expected] : std::vector<std::pair<std::string, Values>>{
           {"Mul", {1, 0, 9}}, {"Sub", {0, -2, 0}}, {"Add", {2, -2, 6}}}) {
    OnnxFile file;
    file.input("x", {-1, 3}).node("Relu", {"x"}, "r").node(op, {"x", "r"}, "y").output("y");
    EXPECT_EQ(run(decoded(file), 1, {1, -2, 3}), expected) << op;
  }
}

TEST(OnnxArithmetic, SumsTakeConstantsToo) {
  OnnxFile file;
  file.input("x", {-1, 2}).reals("c", {2}, {10, 20}).node("Sum", {"x", "c", "x"}, "y").output("y");
  EXPECT_THAT(run(decoded(file), 1, {1, 2}), ElementsAre(12, 24));
}

}  // namespace
}  // namespace karnin
