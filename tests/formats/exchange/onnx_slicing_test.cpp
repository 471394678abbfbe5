// Slice, Split and Gather of values of the image, worked out here from ONNX's definition.
#include <gmock/gmock.h>

#include <numeric>

#include "tests/support/onnx_run.h"

namespace karnin {
namespace {

using test::decoded;
using test::is_chain_of;
using test::OnnxFile;
using test::refusal;
using test::run;
using test::run_all;
using test::Values;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Sizes = std::vector<std::int64_t>;

Values counted(std::int64_t count) {
  Values values(static_cast<std::size_t>(count));
  std::iota(values.begin(), values.end(), 0.0F);
  return values;
}

/// Of x, N x `dims`.
OnnxFile sliced(const Sizes& dims, const Sizes& starts, const Sizes& ends, const Sizes& axes,
                const Sizes& steps) {
  OnnxFile file;
  Sizes input{-1};
  input.insert(input.end(), dims.begin(), dims.end());
  file.input("x", input).integers("starts", starts).integers("ends", ends);
  file.integers("axes", axes).integers("steps", steps);
  return file.node("Slice", {"x", "starts", "ends", "axes", "steps"}, "y").output("y");
}

Values slice(const Sizes& dims, const Sizes& starts, const Sizes& ends, const Sizes& axes,
             const Sizes& steps) {
  return run(decoded(sliced(dims, starts, ends, axes, steps)), 1, counted(element_count(dims)));
}

TEST(OnnxSlicing, IndicesOfAnyAxisAreCutOut) {
  EXPECT_THAT(slice({2, 2, 3}, {1}, {2}, {1}, {1}), ElementsAre(6, 7, 8, 9, 10, 11));
  EXPECT_THAT(slice({2, 2, 3}, {-1}, {9}, {2}, {1}), ElementsAre(3, 4, 5, 9, 10, 11));
  EXPECT_THAT(slice({2, 2, 3}, {0}, {-1}, {3}, {1}), ElementsAre(0, 1, 3, 4, 6, 7, 9, 10));
  EXPECT_THAT(slice({2, 2, 3}, {0, 1}, {1, 3}, {1, -1}, {1, 1}), ElementsAre(1, 2, 4, 5));
  EXPECT_THAT(slice({6}, {1}, {4}, {1}, {1}), ElementsAre(1, 2, 3));
  EXPECT_THAT(slice({2, 2, 2, 2}, {1}, {2}, {4}, {1}), ElementsAre(1, 3, 5, 7, 9, 11, 13, 15));
}

TEST(OnnxSlicing, StepsLeaveOutWhatIsBetween) {
  EXPECT_THAT(slice({1, 2, 5}, {1}, {5}, {3}, {2}), ElementsAre(1, 3, 6, 8));
  EXPECT_THAT(slice({5, 1, 2}, {0}, {9}, {1}, {3}), ElementsAre(0, 1, 6, 7));
  EXPECT_THAT(slice({1, 3, 3}, {0, 0}, {3, 3}, {2, 3}, {2, 2}), ElementsAre(0, 2, 6, 8));
  EXPECT_THAT(slice({4}, {2}, {9}, {1}, {7}), ElementsAre(2));
}

/// No layer but the one that cuts, where memory has the axis as rows or columns.
TEST(OnnxSlicing, TakesOneLayer) {
  EXPECT_TRUE(is_chain_of<Pad>(decoded(sliced({2, 4, 5}, {1}, {3}, {2}, {1})).graph));
  EXPECT_TRUE(is_chain_of<Pad>(decoded(sliced({2, 4, 5}, {1}, {3}, {3}, {1})).graph));
  EXPECT_TRUE(is_chain_of<Pool2d>(decoded(sliced({2, 4, 5}, {0}, {9}, {3}, {2})).graph));
  OnnxFile nothing = sliced({4}, {0, 0}, {9, 1LL << 62}, {1, 0}, {1, 1});
  nothing.node("Relu", {"y"}, "z");
  nothing.proto().mutable_graph()->mutable_output(0)->set_name("z");
  EXPECT_TRUE(is_chain_of<Relu>(decoded(nothing).graph));
}

/// Axes stand in memory as they did before a Transpose.
TEST(OnnxSlicing, FollowsTheOrderOfTheValue) {
  for (const std::int64_t axis : {1, 2, 3}) {
    OnnxFile file;
    file.input("x", {-1, 2, 3, 2}).node("Relu", {"x"}, "r").integers("from", {1});
    file.node("Transpose", {"r"}, "t").with("perm", {0, 2, 3, 1});
    file.integers("end", {2}).integers("axis", {axis});
    file.node("Slice", {"t", "from", "end", "axis"}, "s").output("s");
    const Values all{0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11};  // by row, column, channel
    Values expected;
    for (int i = 0; i < 12; ++i)
      if ((axis == 1 ? i / 4 : axis == 2 ? i / 2 % 2 : i % 2) == 1)
        expected.push_back(all[static_cast<std::size_t>(i)]);
    EXPECT_EQ(run(decoded(file), 1, counted(12)), expected) << axis;
  }
}

TEST(OnnxSlicing, WhatIsNoCutIsRefused) {
  EXPECT_THAT(refusal(sliced({4}, {3}, {0}, {1}, {-1})), HasSubstr("expected indices in rising"));
  EXPECT_THAT(refusal(sliced({4}, {2}, {2}, {1}, {1})), HasSubstr("at least one index"));
  EXPECT_THAT(refusal(sliced({4}, {0}, {2}, {0}, {1})),
              HasSubstr("(Slice, opset 13): expected all of the batch, got some of it"));
}

/// Of N x 5 x 1 x 2, in two.
OnnxFile split(std::int64_t opset) {
  OnnxFile file(opset);
  file.input("x", {-1, 5, 1, 2}).integers("sizes", {2, 3}).node("Split", {"x"}, "a");
  file.with("axis", 1).output("a").output("b");
  file.proto().mutable_graph()->mutable_node(0)->add_output("b");
  return file;
}

TEST(OnnxSlicing, SplitGivesAllOfItsOutputs) {
  OnnxFile by_attribute = split(11).with("split", {2, 3}), by_input = split(13),
           by_count = split(18).with("num_outputs", 2);
  by_input.proto().mutable_graph()->mutable_node(0)->add_input("sizes");
  for (const OnnxFile& file : {by_attribute, by_input}) {
    const auto parts = run_all(decoded(file), 1, counted(10));
    EXPECT_THAT(parts[0], ElementsAre(0, 1, 2, 3));
    EXPECT_THAT(parts[1], ElementsAre(4, 5, 6, 7, 8, 9));
  }
  EXPECT_THAT(run_all(decoded(by_count), 1, counted(10))[1], ElementsAre(6, 7, 8, 9));
  EXPECT_THAT(refusal(split(13)), HasSubstr("one an output, got 2 of 6 for 2 of 5"));
  EXPECT_THAT(refusal(split(11).with("split", {6, -1})), HasSubstr("no sizes below 0, got -1"));
  EXPECT_THAT(refusal(split(11).with("split", Sizes{5})), HasSubstr("got 1 of 5 for 2 of 5"));
}

OnnxFile gathered(const Sizes& dims, const Sizes& indices, int axis) {
  OnnxFile file;
  file.input("x", {-1, 3, 2}).integers("i", dims, indices).node("Gather", {"x", "i"}, "y");
  return file.with("axis", axis).output("y");
}

TEST(OnnxSlicing, GatherTakesEvenlySpacedIndices) {
  EXPECT_THAT(run(decoded(gathered({}, {-1}, 1)), 1, counted(6)), ElementsAre(4, 5));
  EXPECT_EQ(infer_extents(decoded(gathered({}, {1}, 2)).graph).back(), (Extent{3, 1, 1}));
  EXPECT_THAT(run(decoded(gathered({2}, {0, 2}, 1)), 1, counted(6)), ElementsAre(0, 1, 4, 5));
  EXPECT_THAT(refusal(gathered({2}, {1, 0}, 1)), HasSubstr("expected indices in rising order"));
  EXPECT_THAT(refusal(gathered({3}, {0, 0, 0}, 1)), HasSubstr("expected indices in rising order"));
  EXPECT_THAT(refusal(gathered({1}, {3}, 1)), HasSubstr("got 3"));
  EXPECT_THAT(refusal(gathered({}, {0}, 0)), HasSubstr("expected all of the batch"));
}

}  // namespace
}  // namespace karnin
