// Tile, Resize and Upsample, worked out here from ONNX's definition.
#include <gmock/gmock.h>

#include "tests/support/onnx_run.h"

namespace karnin {
namespace {

using test::decoded;
using test::OnnxFile;
using test::refusal;
using test::run;
using test::Values;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// x, N x 2 x 1 x 2, so many times along each axis.
OnnxFile tiled(const std::vector<std::int64_t>& repeats) {
  OnnxFile file;
  file.input("x", {-1, 2, 1, 2}).integers("r", repeats).node("Tile", {"x", "r"}, "y");
  return file.output("y");
}

TEST(OnnxResize, TileSaysAllAgain) {
  EXPECT_THAT(run(decoded(tiled({1, 1, 2, 1})), 1, {1, 2, 3, 4}),
              ElementsAre(1, 2, 1, 2, 3, 4, 3, 4));
  EXPECT_THAT(run(decoded(tiled({1, 2, 1, 2})), 1, {1, 2, 3, 4}),
              ElementsAre(1, 2, 1, 2, 3, 4, 3, 4, 1, 2, 1, 2, 3, 4, 3, 4));
  EXPECT_EQ(decoded(tiled({1, 1, 1, 1})).graph.nodes.size(), 2U) << "a copy of the input";
  EXPECT_THAT(refusal(tiled({2, 1, 1, 1})), HasSubstr("expected the batch once"));
  EXPECT_THAT(refusal(tiled({1, 1, 1})), HasSubstr("for each axis, got others of Nx2x1x2"));
  EXPECT_THAT(refusal(tiled({1, 1, 0, 1})), HasSubstr("expected a whole factor"));
  EXPECT_THAT(refusal(tiled({1, 1, 20, 20})), HasSubstr("expected at most 256 copies, got 400"));
  EXPECT_THROW(decoded(tiled({1, 1, 1LL << 62, 1LL << 62})), FileError);
}

/// x, N x 1 x 2 x 2, twice as wide and as high.
OnnxFile resized(const std::string& op, std::int64_t opset, std::vector<std::string> inputs) {
  OnnxFile file(opset);
  file.input("x", {-1, 1, 2, 2}).reals("scales", {4}, {1, 1, 2, 2}).reals("none", {0}, {});
  file.reals("half", {4}, {1, 1, 1, 1.5}).node("Shape", {"x"}, "shape");
  file.integers("at", {0}).integers("sides", {1, 4, 4}).node("Gather", {"shape", "at"}, "n");
  file.node("Concat", {"n", "sides"}, "sizes").with("axis", 0);
  inputs.insert(inputs.begin(), "x");
  return file.node(op, inputs, "y").output("y");
}

TEST(OnnxResize, WholeFactorsRepeatEachElement) {
  for (OnnxFile file :
       {resized("Resize", 13, {"", "scales"}), resized("Resize", 10, {"scales"}),
        resized("Resize", 11, {"none", "none", "sizes"}), resized("Upsample", 9, {"scales"})}) {
    const Model model = decoded(file);
    EXPECT_EQ(infer_extents(model.graph).back(), (Extent{1, 4, 4}));
    EXPECT_THAT(run(model, 1, {1, 2, 3, 4}),
                ElementsAre(1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4));
  }
  OnnxFile floor = resized("Resize", 13, {"", "scales"}), other = floor, linear = floor;
  floor.with("coordinate_transformation_mode", "asymmetric").with("nearest_mode", "floor");
  EXPECT_NO_THROW(decoded(floor));
  EXPECT_THAT(refusal(other.with("nearest_mode", "ceil")),
              HasSubstr("expected each element to be repeated, got half_pixel and ceil"));
  EXPECT_THAT(refusal(linear.with("mode", "linear")), HasSubstr("expected nearest, got linear"));
  EXPECT_THAT(refusal(resized("Resize", 13, {"", "half"})), HasSubstr("expected a whole factor"));
}

}  // namespace
}  // namespace karnin
