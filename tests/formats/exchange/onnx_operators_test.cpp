// Operators one by one: what a node of a file gives, worked out here from ONNX's definition.
#include <gmock/gmock.h>

#include "tests/support/error_message.h"
#include "tests/support/fill.h"
#include "tests/support/onnx_run.h"

namespace karnin {
namespace {

using test::decoded;
using test::integers;
using test::is_chain_of;
using test::OnnxFile;
using test::run;
using test::Values;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pointwise;

constexpr Extent kImage{2, 5, 6};

/// A Conv of x, N x 2 x 5 x 6, with weights 3 x 2 x 3 x 3 of small whole numbers.
OnnxFile convolution() {
  OnnxFile file;
  file.input("x", {-1, 2, 5, 6}).output("y").node("Conv", {"x", "w", "b"}, "y");
  file.reals("w", {3, 2, 3, 3}, integers(54, 1)).reals("b", {3}, {1, -2, 3});
  return file;
}

Values expected_convolution(const Conv2d& spec, const Values& src) {
  return test::to_float(test::reference_conv({2, kImage, spec}, src, integers(54, 1), {1, -2, 3}));
}

TEST(OnnxOperators, ConvolutionsSlide) {
  const Values src = integers(2 * kImage.size(), 2);
  const Model plain = decoded(convolution());
  EXPECT_EQ(run(plain, 2, src), expected_convolution({3, 3, 3}, src));
  OnnxFile strided = convolution();
  strided.with("strides", {2, 1}).with("pads", {1, 2, 1, 2}).with("kernel_shape", {3, 3});
  EXPECT_EQ(run(decoded(strided), 2, src), expected_convolution({3, 3, 3, 2, 1, 1, 2}, src));
}

TEST(OnnxOperators, ConvolutionsPadThemselves) {
  const Values src = integers(2 * kImage.size(), 3);
  for (const char* side : {"SAME_UPPER", "SAME_LOWER"}) {
    OnnxFile file = convolution();
    file.with("auto_pad", side);
    EXPECT_EQ(run(decoded(file), 2, src), expected_convolution({3, 3, 3, 1, 1, 1, 1}, src));
  }
  OnnxFile valid = convolution();
  valid.with("auto_pad", "VALID");
  EXPECT_EQ(run(decoded(valid), 2, src), expected_convolution({3, 3, 3}, src));
}

TEST(OnnxOperators, ConvolutionsOverOneAxisAreOneRow) {
  OnnxFile file;
  file.input("x", {-1, 2, 4}).output("y").node("Conv", {"x", "w"}, "y");
  file.with("pads", {1, 1}).reals("w", {1, 2, 3}, {1, 2, 3, 4, 5, 6});
  const Model model = decoded(file);
  EXPECT_EQ(model.graph.node(1).op, Op(Conv2d{1, 1, 3, 1, 1, 0, 1}));
  EXPECT_THAT(run(model, 1, {1, 0, 0, 0, 0, 0, 0, 1}), ElementsAre(2, 1, 6, 5));
}

OnnxFile pool(const std::string& op) {
  OnnxFile file;
  file.input("x", {-1, 1, 3, 3}).output("y").node(op, {"x"}, "y").with("kernel_shape", {2, 2});
  return file;
}

const Values kSquare{1, 2, 3, 4, 5, 6, 7, 8, 9};

TEST(OnnxOperators, PoolsTakeTheirWindows) {
  EXPECT_THAT(run(decoded(pool("MaxPool")), 1, kSquare), ElementsAre(5, 6, 8, 9));
  EXPECT_THAT(run(decoded(pool("AveragePool")), 1, kSquare), ElementsAre(3, 4, 6, 7));
  OnnxFile padded = pool("AveragePool");
  padded.with("pads", {1, 1, 1, 1}).with("strides", {2, 2});
  EXPECT_THAT(run(decoded(padded), 1, kSquare), ElementsAre(1, 2.5, 5.5, 7));
}

TEST(OnnxOperators, PoolsOfAllPositionsLeaveChannels) {
  for (const char* op : {"GlobalMaxPool", "GlobalAveragePool"}) {
    OnnxFile file;
    file.input("x", {-1, 2, 2, 2}).output("y").node(op, {"x"}, "y");
    const Values dst = run(decoded(file), 1, {1, 2, 3, 6, 0, 0, 0, 4});
    EXPECT_EQ(dst, op[6] == 'M' ? (Values{6, 4}) : (Values{3, 1})) << op;
  }
}

TEST(OnnxOperators, ReductionsTakeTheirAxes) {
  OnnxFile by_attribute(13), by_input(18);
  for (OnnxFile* file : {&by_attribute, &by_input})
    file->input("x", {-1, 2, 2, 2}).output("y").integers("axes", {2, -1});
  by_attribute.node("ReduceMean", {"x"}, "y").with("axes", {2, -1}).with("keepdims", 0);
  by_input.node("ReduceMean", {"x", "axes"}, "y").with("keepdims", 0);
  by_input.with("noop_with_empty_axes", 0);
  for (const OnnxFile& file : {by_attribute, by_input})
    EXPECT_THAT(run(decoded(file), 1, {1, 2, 3, 6, 0, 0, 0, 4}), ElementsAre(3, 1));
  OnnxFile sum(13);
  sum.input("x", {-1, 2, 2, 2}).output("y").integers("axes", {2, 3});
  sum.node("ReduceSum", {"x", "axes"}, "y");
  EXPECT_THAT(run(decoded(sum), 1, {1, 2, 3, 6, 0, 0, 0, 4}), ElementsAre(12, 4));
}

TEST(OnnxOperators, WhatAGemmAddsMayDependOnTheImage) {
  OnnxFile file;
  file.input("x", {-1, 2}).reals("w", {2, 2}, {1, 2, 3, 4}).node("Relu", {"x"}, "r");
  file.node("Gemm", {"x", "w", "r"}, "y").output("y");
  EXPECT_THAT(run(decoded(file), 1, {-1, 1}), ElementsAre(2, 3));
  file.with("beta", 2.0F);
  EXPECT_THAT(test::error_message<FileError>([&] { decoded(file); }), HasSubstr("beta"));
}

/// N x 2 x 3 as 2N x 3, which a matrix and what follows take row by row, and back again.
OnnxFile by_rows(const std::string& op) {
  OnnxFile file;
  file.input("x", {-1, 2, 3}).integers("rows", {-1, 3}).integers("parted", {-1, 2, 2});
  file.reals("w", {3, 2}, {1, -1, 2, -2, 3, -3}).reals("b", {2}, {10, 20}).reals("c", {2}, {1, 2});
  file.node("Reshape", {"x", "rows"}, "r");
  file.node(
      op,
      op == "Gemm" ? std::vector<std::string>{"r", "w", "b"} : std::vector<std::string>{"r", "w"},
      "xw");
  file.node("Mul", {"c", "xw"}, "m").node("Relu", {"m"}, "a").node("Sub", {"a", "c"}, "s");
  return file.node("Reshape", {"s", "parted"}, "y").output("y");
}

TEST(OnnxOperators, PositionsMayBeRowsAsImagesAre) {
  const Values images{1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1};
  EXPECT_THAT(run(decoded(by_rows("MatMul")), 2, images), ElementsAre(0, -2, 1, -2, 2, -2, 5, -2));
  EXPECT_THAT(run(decoded(by_rows("Gemm")), 2, images),
              ElementsAre(10, 36, 11, 34, 12, 32, 15, 26));
  OnnxFile apart = by_rows("MatMul");
  apart.proto().mutable_graph()->mutable_output(0)->set_name("s");
  EXPECT_THAT(test::error_message<FileError>([&] { decoded(apart); }),
              HasSubstr("output 's': expected the batch to stay first, got 2Nx2 of Nx2x2"));
}

TEST(OnnxOperators, MatricesHaveTheirInputsInRowsOrColumns) {
  OnnxFile gemm, transposed, product;
  for (OnnxFile* file : {&gemm, &transposed, &product})
    file->input("x", {-1, 3}).output("y").reals("b", {2}, {10, 20});
  gemm.reals("w", {3, 2}, {1, 4, 2, 5, 3, 6}).node("Gemm", {"x", "w", "b"}, "y");
  transposed.reals("w", {2, 3}, {1, 2, 3, 4, 5, 6}).node("Gemm", {"x", "w", "b"}, "y");
  transposed.with("transB", 1).with("alpha", 2.0F).with("beta", 0.5F);
  product.reals("w", {3, 2}, {1, 4, 2, 5, 3, 6}).node("MatMul", {"x", "w"}, "xw");
  product.node("Add", {"b", "xw"}, "y");
  EXPECT_THAT(run(decoded(gemm), 1, {1, 1, 2}), ElementsAre(19, 41));
  EXPECT_THAT(run(decoded(transposed), 1, {1, 1, 2}), ElementsAre(23, 52));
  const Model joined = decoded(product);
  EXPECT_TRUE(is_chain_of<FullyConnected>(joined.graph)) << "the constant is its bias";
  EXPECT_THAT(run(joined, 1, {1, 1, 2}), ElementsAre(19, 41));
}

/// As PyTorch 0.3 wrote it.
TEST(OnnxOperators, OldFilesSayWhereAConstantGoes) {
  OnnxFile file(6);
  file.input("x", {-1, 1, 1, 2}).reals("k", {2, 1, 1, 1}, {1, 2}).reals("b", {2}, {10, 20});
  file.node("Conv", {"x", "k"}, "c").node("Add", {"c", "b"}, "y").output("y");
  file.with("broadcast", 1).with("axis", 1);
  EXPECT_THAT(run(decoded(file), 1, {1, 2}), ElementsAre(11, 12, 22, 24));
}

TEST(OnnxOperators, ABiasThatOthersDoNotSeeStaysOutOfTheLayer) {
  OnnxFile file;
  file.input("x", {-1, 2}).reals("w", {2, 2}, {1, 0, 0, 1}).reals("b", {2}, {1, 2});
  file.node("MatMul", {"x", "w"}, "y").node("Add", {"y", "b"}, "z").output("y").output("z");
  const Model model = decoded(file);
  EXPECT_TRUE((is_chain_of<FullyConnected, ChannelAffine>(model.graph)));
  EXPECT_THAT(run(model, 1, {3, 5}), ElementsAre(3, 5)) << "the first output";
}

TEST(OnnxOperators, SumsAreTakenInOrder) {
  OnnxFile file;
  file.input("x", {-1, 2}).output("y").node("Relu", {"x"}, "r");
  file.node("Sum", {"x", "r", "x"}, "y");
  const Model model = decoded(file);
  EXPECT_TRUE((is_chain_of<Relu, Add, Add>(model.graph)));
  EXPECT_THAT(run(model, 1, {-1, 2}), ElementsAre(-2, 6));
}

TEST(OnnxOperators, DropoutKeepsItsRate) {
  OnnxFile by_attribute(10), by_input(13);
  for (OnnxFile* file : {&by_attribute, &by_input})
    file->input("x", {-1, 2}).output("y").reals("rate", {}, {0.25F});
  by_attribute.node("Dropout", {"x"}, "y").with("ratio", 0.25F);
  by_input.node("Dropout", {"x", "rate"}, "y");
  for (const OnnxFile& file : {by_attribute, by_input})
    EXPECT_EQ(decoded(file).graph.node(1).op, Op(Dropout{0.25F}));
}

TEST(OnnxOperators, WhatNoOutputNeedsIsLeftOut) {
  OnnxFile file;
  file.input("x", {-1, 2}).output("y").node("Erf", {"x"}, "unused").node("Relu", {"x"}, "y");
  EXPECT_TRUE(is_chain_of<Relu>(decoded(file).graph));
}

TEST(OnnxOperators, SeveralOutputsKeepTheirOrder) {
  OnnxFile file;
  file.input("x", {-1, 2}).node("Relu", {"x"}, "a").node("Relu", {"a"}, "b");
  file.output("b").output("a");
  EXPECT_THAT(decoded(file).graph.outputs, ElementsAre(2, 1));
}

}  // namespace
}  // namespace karnin
