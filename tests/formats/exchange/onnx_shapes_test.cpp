// What exporters write around layers: shapes that are computed, orders of axes, and how they
// vanish.
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

/// x, N x 2 x 2 x 2, through a Relu and into a matrix of 8 x 1 that tells all of its inputs apart.
OnnxFile classifier(std::int64_t opset = 13) {
  OnnxFile file(opset);
  file.input("x", {-1, 2, 2, 2}).node("Relu", {"x"}, "r");
  file.reals("w", {8, 1}, {1, 10, 100, 1000, 1e4F, 1e5F, 1e6F, 1e7F});
  return file;
}

OnnxFile& finish(OnnxFile& file) { return file.node("MatMul", {"flat", "w"}, "y").output("y"); }

const Values kDigits{1, 2, 3, 4, 5, 6, 7, 8};

void expect_flat(OnnxFile& file) {
  const Model model = decoded(finish(file));
  EXPECT_TRUE((is_chain_of<Relu, FullyConnected>(model.graph)));
  EXPECT_THAT(run(model, 1, kDigits), ElementsAre(87654321));
}

TEST(OnnxShapes, FlatteningIsNoLayer) {
  OnnxFile flatten = classifier(), reshape = classifier(), kept = classifier();
  expect_flat(flatten.node("Flatten", {"r"}, "flat"));
  expect_flat(reshape.integers("to", {-1, 8}).node("Reshape", {"r", "to"}, "flat"));
  expect_flat(kept.integers("to", {0, -1}).node("Reshape", {"r", "to"}, "flat"));
}

/// x.view(x.size(0), -1) as PyTorch has written it for years.
TEST(OnnxShapes, ShapesThatAreComputedAreKnown) {
  OnnxFile file = classifier(11);
  file.node("Shape", {"r"}, "shape").integers("zero", {}, {0}).integers("rest", {-1});
  file.node("Gather", {"shape", "zero"}, "n").with("axis", 0);
  file.node("Unsqueeze", {"n"}, "n1").with("axes", std::vector<std::int64_t>{0});
  file.node("Concat", {"n1", "rest"}, "to").with("axis", 0);
  expect_flat(file.node("Reshape", {"r", "to"}, "flat"));
}

/// The same by tf2onnx, and with the batch divided out of the number of all elements.
TEST(OnnxShapes, ArithmeticOnShapesIsDone) {
  OnnxFile sliced = classifier();
  sliced.node("Shape", {"r"}, "shape").node("Cast", {"shape"}, "narrow").with("to", 6);
  sliced.integers("from", {0}).integers("end", {1}).integers("rest", {8});
  sliced.node("Slice", {"narrow", "from", "end", "from"}, "n");
  sliced.node("Concat", {"n", "rest"}, "to").with("axis", 0);
  expect_flat(sliced.node("Reshape", {"r", "to"}, "flat"));
  OnnxFile divided = classifier();
  divided.node("Shape", {"r"}, "shape").integers("at", {0}).integers("eight", {8});
  divided.node("Gather", {"shape", "at"}, "n").node("Mul", {"n", "eight"}, "all");
  divided.node("Div", {"all", "n"}, "features")
      .node("Concat", {"n", "features"}, "to")
      .with("axis", 0);
  expect_flat(divided.node("Reshape", {"r", "to"}, "flat"));
}

TEST(OnnxShapes, AxesOfOneComeAndGo) {
  OnnxFile by_attribute(11), by_input(13);
  for (OnnxFile* file : {&by_attribute, &by_input})
    file->input("x", {-1, 4}).output("y").integers("axes", {2, 3});
  by_attribute.node("Unsqueeze", {"x"}, "u").with("axes", {2, 3}).node("Relu", {"u"}, "r");
  by_attribute.node("Squeeze", {"r"}, "y").with("axes", {2, 3});
  by_input.node("Unsqueeze", {"x", "axes"}, "u").node("Relu", {"u"}, "r");
  by_input.node("Squeeze", {"r", "axes"}, "y");
  for (const OnnxFile& file : {by_attribute, by_input}) {
    const Model model = decoded(file);
    EXPECT_TRUE(is_chain_of<Relu>(model.graph));
    EXPECT_EQ(infer_extents(model.graph).back(), (Extent{4, 1, 1}));
  }
}

/// The convolution of an image of 2 x 3 pixels with 2 channels by a kernel that tells them apart.
OnnxFile& convolve(OnnxFile& file, const std::string& src) {
  file.reals("k", {1, 2, 2, 3}, {1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60});
  return file.node("Conv", {src, "k"}, "c");
}

TEST(OnnxShapes, ChannelsThatComeLastAreTheInputsOrder) {
  OnnxFile file;
  file.input("x", {-1, 2, 3, 2}).node("Transpose", {"x"}, "t").with("perm", {0, 3, 1, 2});
  convolve(file, "t").output("c");
  const Model model = decoded(file);
  EXPECT_TRUE(is_chain_of<Conv2d>(model.graph));
  EXPECT_EQ(model.graph.node(0).op, Op((Input{{2, 2, 3}, PixelOrder::hwc})));
  EXPECT_THAT(run(model, 1, {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}), ElementsAre(61));
}

/// Which the loader has to know: a file of such images may have its one channel at the end.
TEST(OnnxShapes, AnImageOfOneChannelTakesTheFormOfItsFirstReader) {
  for (const bool turned : {false, true}) {
    OnnxFile file;
    file.input("x", {-1, 3, 4, 1}).reals("k", {1, 1, 3, 3}, integers(9, 1));
    file.integers("to", turned ? std::vector<std::int64_t>{-1, 1, 4, 3}
                               : std::vector<std::int64_t>{-1, 1, 3, 4});
    file.node("Reshape", {"x", "to"}, "image").node("Conv", {"image", "k"}, "y").output("y");
    const Model model = decoded(file);
    EXPECT_TRUE(is_chain_of<Conv2d>(model.graph));
    EXPECT_EQ(model.graph.node(0).op, turned ? Op((Input{{1, 4, 3}, PixelOrder::chw}))
                                             : Op((Input{{1, 3, 4}, PixelOrder::hwc})));
  }
}

/// A data set of images is for a network of images, whatever that makes of them.
TEST(OnnxShapes, AFlattenedImageStaysAnImage) {
  OnnxFile file;
  file.input("x", {-1, 1, 4, 3}).node("Flatten", {"x"}, "f").integers("to", {0, 6, 2});
  file.node("Reshape", {"f", "to"}, "r").node("Softmax", {"r"}, "y").with("axis", 1).output("y");
  EXPECT_EQ(decoded(file).graph.node(0).op, Op(Input{{1, 4, 3}}));
}

/// Keras flattens channels last; the rows of the matrix are put in our order instead.
TEST(OnnxShapes, OrdersOfAxesAreWrittenIntoWeights) {
  OnnxFile file = classifier();
  file.node("Transpose", {"r"}, "t").with("perm", {0, 2, 3, 1}).node("Flatten", {"t"}, "flat");
  const Model model = decoded(finish(file));
  EXPECT_TRUE((is_chain_of<Relu, FullyConnected>(model.graph)));
  // In ONNX's order the digits are 1 5 2 6 3 7 4 8.
  EXPECT_THAT(run(model, 1, kDigits), ElementsAre(84736251));
}

/// A matrix for each pixel of channels that come last is a convolution where they come first.
TEST(OnnxShapes, MatricesOfEveryPixelAreConvolutions) {
  OnnxFile file;
  file.input("x", {-1, 2, 1, 3}).node("Transpose", {"x"}, "t").with("perm", {0, 2, 3, 1});
  file.reals("w", {2, 2}, {1, 3, 2, 4}).reals("b", {2}, {10, 20}).node("MatMul", {"t", "w"}, "m");
  file.node("Add", {"m", "b"}, "a").node("Transpose", {"a"}, "y").with("perm", {0, 3, 1, 2});
  const Model model = decoded(file.output("y"));
  EXPECT_TRUE(is_chain_of<Conv2d>(model.graph));
  EXPECT_THAT(run(model, 1, {1, 2, 3, 4, 5, 6}), ElementsAre(19, 22, 25, 39, 46, 53));
}

TEST(OnnxShapes, TranspositionsThatUndoEachOtherVanish) {
  OnnxFile file = classifier();
  file.node("Transpose", {"r"}, "t").with("perm", {0, 2, 3, 1}).node("Relu", {"t"}, "u");
  file.node("Transpose", {"u"}, "back").with("perm", {0, 3, 1, 2});
  file.node("Add", {"back", "r"}, "sum").node("Flatten", {"sum"}, "flat");
  const Model model = decoded(finish(file));
  EXPECT_TRUE((is_chain_of<Relu, Relu, Add, FullyConnected>(model.graph)));
  EXPECT_THAT(run(model, 1, kDigits), ElementsAre(2 * 87654321));
}

TEST(OnnxShapes, TheBatchMayBeFixedOrFree) {
  for (const std::int64_t batch : {-1, 1, 3}) {
    OnnxFile file;
    file.input("x", {batch, 4}).node("Relu", {"x"}, "y").output("y");
    EXPECT_EQ(decoded(file).graph.node(0).op, Op(Input{{4, 1, 1}}));
  }
  OnnxFile baked;  // by an exporter that took the batch for a part of the network
  baked.input("x", {1, 4, 1, 1}).integers("to", {1, 4}).node("Relu", {"x"}, "r");
  baked.node("Reshape", {"r", "to"}, "y").output("y");
  EXPECT_EQ(infer_extents(decoded(baked).graph).back(), (Extent{4, 1, 1}));
}

TEST(OnnxShapes, AFreeBatchStaysFirst) {
  OnnxFile joined, turned;
  joined.input("x", {-1, 4}).integers("to", {-1, 2}).node("Reshape", {"x", "to"}, "y").output("y");
  EXPECT_THAT(test::error_message<FileError>([&] { decoded(joined); }),
              HasSubstr("expected the batch to stay first"));
  turned.input("x", {-1, 4}).node("Transpose", {"x"}, "y").output("y");
  EXPECT_THAT(test::error_message<FileError>([&] { decoded(turned); }),
              HasSubstr("perm: expected the batch to stay first"));
}

/// As exporters of a single image have it.
TEST(OnnxShapes, ABatchOfOneMayBeJoinedOrLost) {
  OnnxFile squeezed;
  squeezed.input("x", {1, 4, 1, 1})
      .node("Relu", {"x"}, "r")
      .node("Squeeze", {"r"}, "y")
      .output("y");
  const Model model = decoded(squeezed);
  EXPECT_TRUE(is_chain_of<Relu>(model.graph));
  EXPECT_EQ(infer_extents(model.graph).back(), (Extent{4, 1, 1}));
  OnnxFile joined;
  joined.input("x", {1, 3}).integers("to", {3}).reals("w", {3, 1}, {1, 10, 100});
  joined.integers("row", {1, -1}).node("Reshape", {"x", "to"}, "flat");
  joined.node("Reshape", {"flat", "row"}, "f").node("Gemm", {"f", "w"}, "y").output("y");
  EXPECT_THAT(run(decoded(joined), 1, {1, 2, 3}), ElementsAre(321));
}

/// One answer of several images together is no answer of each.
TEST(OnnxShapes, ABatchOfSeveralIsNotJoined) {
  OnnxFile joined;
  joined.input("x", {2, 3}).integers("to", {1, 6}).node("Reshape", {"x", "to"}, "r");
  joined.node("Relu", {"r"}, "y").output("y");
  EXPECT_THAT(test::error_message<FileError>([&] { decoded(joined); }),
              HasSubstr("expected the batch to stay first, got 1x6 of 2x3"));
}

TEST(OnnxShapes, AConvolutionWantsImagesOneByOne) {
  OnnxFile file;
  file.input("x", {2, 1, 3, 3}).reals("k", {1, 1, 2, 2}, {1, 2, 3, 4}).integers("to", {8});
  file.node("Conv", {"x", "k"}, "c").node("Reshape", {"c", "to"}, "y").output("y");
  EXPECT_THAT(
      test::error_message<FileError>([&] { decoded(file); }),
      HasSubstr("(Reshape, opset 13): output 'y': expected the batch to stay first, got 8 of "
                "2x1x2x2"));
}

TEST(OnnxShapes, ANetworkMayHaveNoLayerAtAll) {
  OnnxFile file;
  file.input("x", {-1, 2, 3}).integers("to", {-1, 6}).node("Reshape", {"x", "to"}, "y").output("y");
  const Model model = decoded(file);
  EXPECT_EQ(infer_extents(model.graph).back(), (Extent{6, 1, 1}));
  EXPECT_THAT(run(model, 1, {1, 2, 3, 4, 5, 6}), ElementsAre(1, 2, 3, 4, 5, 6));
}

}  // namespace
}  // namespace karnin
