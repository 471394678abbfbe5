// BatchNormalization, Softmax, Pad, Concat and activations, worked out here from ONNX's definition.
#include <gmock/gmock.h>

#include <cmath>

#include "tests/support/onnx_run.h"

namespace karnin {
namespace {

using test::decoded;
using test::is_chain_of;
using test::OnnxFile;
using test::refusal;
using test::run;
using test::Values;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

OnnxFile batch_norm(std::int64_t opset, const std::vector<std::int64_t>& dims) {
  OnnxFile file(opset);
  file.input("x", dims).output("y").reals("s", {2}, {2, 3}).reals("b", {2}, {10, 20});
  file.reals("m", {2}, {1, 2})
      .reals("v", {2}, {3, 0})
      .node("BatchNormalization", {"x", "s", "b", "m", "v"}, "y");
  file.with("epsilon", 1.0F);
  return file;
}

/// s (x - m) / sqrt(v + 1) + b, by the second axis wherever it is in memory.
TEST(OnnxLayers, BatchNormIsOfTheSecondAxis) {
  for (const std::int64_t opset : {7, 9, 14, 15}) {
    const Model model = decoded(batch_norm(opset, {-1, 2, 1, 2}));
    EXPECT_TRUE(is_chain_of<BatchNorm>(model.graph));
    EXPECT_THAT(run(model, 1, {1, 3, 1, 2}), ElementsAre(10, 12, 17, 20));
  }
  EXPECT_THAT(run(decoded(batch_norm(15, {-1, 2})), 2, {1, 1, 3, 2}), ElementsAre(10, 17, 12, 20));
  OnnxFile turned = batch_norm(15, {-1, 4});
  turned.proto().mutable_graph()->mutable_node(0)->set_input(0, "t");
  turned.integers("to", {0, 2, 2}).node("Transpose", {"r"}, "t").with("perm", {0, 2, 1});
  turned.node("Reshape", {"x", "to"}, "r");
  turned.proto().mutable_graph()->mutable_node()->SwapElements(0, 2);
  EXPECT_THAT(run(decoded(turned), 1, {1, 1, 3, 2}), ElementsAre(10, 12, 17, 20));
}

TEST(OnnxLayers, BatchNormIsThatOfInference) {
  EXPECT_THAT(refusal(batch_norm(15, {-1, 2}).with("training_mode", 1)),
              HasSubstr("expected the form for inference, got that for training"));
  OnnxFile statistics = batch_norm(9, {-1, 2});
  for (const char* name : {"mean", "variance", "batch_mean", "batch_variance"})
    statistics.proto().mutable_graph()->mutable_node(0)->add_output(name);
  EXPECT_THAT(refusal(statistics), HasSubstr("expected the form for inference"));
  EXPECT_THAT(refusal(batch_norm(7, {-1, 2}).with("spatial", 0)), HasSubstr("spatial: expected 1"));
}

/// Of 1 x 2 x 1 x 2: the exponents of the logarithms of 1, 2, 3 and 6.
Values softmax(std::int64_t opset, const std::string& op, std::optional<int> axis) {
  OnnxFile file(opset);
  file.input("x", {-1, 2, 1, 2}).output("y").node(op, {"x"}, "y");
  if (axis) file.with("axis", *axis);
  return run(decoded(file), 1, {0, std::log(2.0F), std::log(3.0F), std::log(6.0F)});
}

auto near(const Values& values) { return Pointwise(FloatNear(1e-6F), values); }

TEST(OnnxLayers, SoftmaxIsOfOneAxisOrOfAllFromOneOn) {
  EXPECT_THAT(softmax(13, "Softmax", 1), near({1 / 4.0F, 1 / 4.0F, 3 / 4.0F, 3 / 4.0F}));
  EXPECT_THAT(softmax(13, "Softmax", {}), near({1 / 3.0F, 2 / 3.0F, 1 / 3.0F, 2 / 3.0F}));
  EXPECT_THAT(softmax(12, "Softmax", {}), near({1 / 12.0F, 2 / 12.0F, 3 / 12.0F, 6 / 12.0F}));
  EXPECT_THAT(softmax(12, "Softmax", 2), near({1 / 3.0F, 2 / 3.0F, 1 / 3.0F, 2 / 3.0F}));
  EXPECT_THAT(softmax(13, "LogSoftmax", 1),
              near({std::log(0.25F), std::log(0.25F), std::log(0.75F), std::log(0.75F)}));
  EXPECT_THROW(softmax(13, "Softmax", 0), FileError);
}

TEST(OnnxLayers, ImagesGetABorder) {
  OnnxFile by_attribute(10), by_input(13), named(18);
  for (OnnxFile* file : {&by_attribute, &by_input, &named})
    file->input("x", {-1, 1, 1, 2}).output("y").reals("value", {}, {7});
  by_attribute.node("Pad", {"x"}, "y").with("pads", {0, 0, 1, 0, 0, 0, 0, 2}).with("value", 7.0F);
  by_input.integers("pads", {0, 0, 1, 0, 0, 0, 0, 2}).node("Pad", {"x", "pads", "value"}, "y");
  named.integers("pads", {1, 0, 0, 2}).integers("axes", {2, -1});
  named.node("Pad", {"x", "pads", "value", "axes"}, "y").with("mode", "constant");
  for (const OnnxFile& file : {by_attribute, by_input, named}) {
    const Model model = decoded(file);
    EXPECT_TRUE(is_chain_of<Pad>(model.graph));
    EXPECT_THAT(run(model, 1, {1, 2}), ElementsAre(7, 7, 7, 7, 1, 2, 7, 7));
  }
}

/// Which no convolution sees: channels, and the last axes of images that have them last.
TEST(OnnxLayers, AnyTwoAxesGetABorder) {
  OnnxFile channels, last;
  channels.input("x", {-1, 2, 1, 2})
      .integers("pads", {0, 1, 0, 0, 0, 0, 0, 1})
      .node("Pad", {"x", "pads"}, "y");
  EXPECT_THAT(run(decoded(channels.output("y")), 1, {1, 2, 3, 4}),
              ElementsAre(0, 0, 0, 1, 2, 0, 3, 4, 0));
  last.input("x", {-1, 2, 1, 1}).node("Transpose", {"x"}, "t").with("perm", {0, 2, 3, 1});
  last.integers("pads", {0, 0, 1, 0, 0, 0, 0, 0}).node("Pad", {"t", "pads"}, "y").output("y");
  EXPECT_THAT(run(decoded(last), 1, {1, 2}), ElementsAre(0, 0, 1, 2));
  OnnxFile edge, cropped, gone;
  for (OnnxFile* file : {&edge, &cropped, &gone}) file->input("x", {-1, 2}).output("y");
  edge.integers("pads", {0, 1, 0, 0}).node("Pad", {"x", "pads"}, "y").with("mode", "edge");
  cropped.integers("pads", {0, -1, 0, 0}).node("Pad", {"x", "pads"}, "y");
  gone.integers("pads", {0, -1, 0, -1}).node("Pad", {"x", "pads"}, "y");
  EXPECT_THAT(refusal(edge), HasSubstr("mode: expected constant"));
  EXPECT_THAT(run(decoded(cropped), 1, {1, 2}), ElementsAre(2));
  EXPECT_THAT(refusal(gone), HasSubstr("something must be left"));
}

/// Of x, N x 2 x 1 x 2, and its negative; by any axis of an image.
Values concatenated(int axis) {
  OnnxFile file;
  file.input("x", {-1, 2, 1, 2}).reals("c", {}, {-1}).node("Mul", {"x", "c"}, "n");
  file.node("Concat", {"x", "n"}, "y").with("axis", axis).output("y");
  return run(decoded(file), 1, {1, 2, 3, 4});
}

TEST(OnnxLayers, ValuesAreJoinedAlongAnyAxis) {
  EXPECT_THAT(concatenated(1), ElementsAre(1, 2, 3, 4, -1, -2, -3, -4));
  EXPECT_THAT(concatenated(2), ElementsAre(1, 2, -1, -2, 3, 4, -3, -4));
  EXPECT_THAT(concatenated(-1), ElementsAre(1, 2, -1, -2, 3, 4, -3, -4));
  EXPECT_THROW(concatenated(0), FileError);
}

/// The heads of a detector: boxes of maps of several sizes, one after the other.
TEST(OnnxLayers, HeadsOfSeveralSizesAreJoined) {
  OnnxFile file;
  file.input("x", {-1, 2, 1, 2}).node("GlobalMaxPool", {"x"}, "p").integers("to", {0, -1, 2});
  for (const std::string map : {"x", "p"})
    file.node("Transpose", {map}, map + "t")
        .with("perm", {0, 2, 3, 1})
        .node("Reshape", {map + "t", "to"}, map + "r");
  file.node("Concat", {"xr", "pr"}, "y").with("axis", 1).output("y");
  EXPECT_THAT(run(decoded(file), 1, {1, 2, 3, 4}), ElementsAre(1, 3, 2, 4, 2, 4));
}

Op only_op(OnnxFile& file) {
  const Model model = decoded(file.output("y"));
  EXPECT_EQ(model.graph.nodes.size(), 2U);
  return model.graph.nodes.back().op;
}

/// x, N x 2, through one node.
OnnxFile unary(const std::string& op, std::int64_t opset = 14, std::vector<std::string> more = {}) {
  OnnxFile file(opset);
  more.insert(more.begin(), "x");
  file.input("x", {-1, 2}).node(op, more, "y");
  return file;
}

TEST(OnnxLayers, ActivationsHaveOnnxsDefaults) {
  const std::vector<std::pair<std::string, Activation>> cases{
      {"LeakyRelu", {ActivationKind::leaky_relu, 0.01F}},
      {"Elu", {ActivationKind::elu, 1}},
      {"HardSigmoid", {ActivationKind::hard_sigmoid, 0.2F, 0.5F}},
      {"HardSwish", {ActivationKind::hard_swish}},
      {"Sigmoid", {ActivationKind::sigmoid}},
      {"Tanh", {ActivationKind::tanh}}};
  for (const auto& [op, expected] : cases) {
    OnnxFile file = unary(op);
    EXPECT_EQ(only_op(file), Op(expected)) << op;
  }
  OnnxFile leaky = unary("LeakyRelu"), hard = unary("HardSigmoid");
  EXPECT_EQ(only_op(leaky.with("alpha", 0.3F)), Op(Activation{ActivationKind::leaky_relu, 0.3F}));
  EXPECT_EQ(only_op(hard.with("alpha", 0.1F).with("beta", 0.4F)),
            Op(Activation{ActivationKind::hard_sigmoid, 0.1F, 0.4F}));
}

TEST(OnnxLayers, ScaledExponentialUnitsAreThree) {
  const auto result = [](OnnxFile file) { return run(decoded(file.output("y")), 1, {-1, 2}); };
  const float elu = std::exp(-1.0F) - 1;
  EXPECT_THAT(result(unary("Selu")), near({1.050701F * 1.6732632F * elu, 2 * 1.050701F}));
  EXPECT_THAT(result(unary("Selu").with("alpha", 2.0F).with("gamma", 3.0F)), near({6 * elu, 6}));
  EXPECT_THAT(result(unary("Celu")), near({elu, 2}));
  EXPECT_THAT(result(unary("Celu").with("alpha", 2.0F)), near({2 * (std::exp(-0.5F) - 1), 2}));
}

/// x, N x 2 x 1 x 2, what it is with its columns swapped, and a number.
Values extreme(const std::string& op) {
  OnnxFile file;
  file.input("x", {-1, 2, 1, 2}).integers("to", {0, 1, 2, 2}).reals("c", {1}, {3});
  file.node("Reshape", {"x", "to"}, "r").node("Transpose", {"r"}, "t").with("perm", {0, 1, 3, 2});
  file.integers("back", {0, 2, 1, 2}).node("Reshape", {"t", "back"}, "u");
  return run(decoded(file.node(op, {"x", "c", "u"}, "y").output("y")), 2, {1, 2, 4, 8, 5, 6, 7, 0});
}

TEST(OnnxLayers, TheLargestAndTheSmallestOfSeveralValues) {
  EXPECT_THAT(extreme("Max"), ElementsAre(3, 4, 4, 8, 5, 7, 7, 3));
  EXPECT_THAT(extreme("Min"), ElementsAre(1, 2, 2, 3, 3, 3, 3, 0));
  OnnxFile file;
  file.input("x", {-1, 2, 1, 2}).node("GlobalMaxPool", {"x"}, "m").node("Max", {"x", "m"}, "y");
  EXPECT_THAT(refusal(file.output("y")), HasSubstr("expected values of one size, got Nx2x1x2"));
}

TEST(OnnxLayers, ClipsAreWrittenInThreeWays) {
  const Op relu6 = Activation{ActivationKind::clip, 0, 6};
  OnnxFile by_attribute = unary("Clip", 6), by_input = unary("Clip", 13, {"zero", "six"});
  by_input.reals("zero", {}, {0}).reals("six", {}, {6});
  EXPECT_EQ(only_op(by_attribute.with("min", 0.0F).with("max", 6.0F)), relu6);
  EXPECT_EQ(only_op(by_input), relu6);
  OnnxFile least = unary("Max", 13, {"zero"}), most = unary("Clip", 13, {"", "six"});
  least.reals("zero", {}, {0});
  most.reals("six", {}, {6});
  EXPECT_EQ(only_op(least), Op(Relu{}));
  EXPECT_EQ(only_op(most), Op(Activation{ActivationKind::clip, -INFINITY, 6}));
  OnnxFile wrong = unary("Clip", 6);
  EXPECT_THAT(refusal(wrong.with("min", 2.0F).with("max", 1.0F).output("y")),
              HasSubstr("clip: the least"));
}

TEST(OnnxLayers, SlopesAreOfAChannelOrAnElement) {
  const auto result = [](const std::vector<std::int64_t>& dims, const Values& slopes) {
    OnnxFile file;
    file.input("x", {-1, 2, 1, 2}).reals("s", dims, slopes).node("PRelu", {"x", "s"}, "y");
    return run(decoded(file.output("y")), 1, {-1, 2, -3, -4});
  };
  EXPECT_THAT(result({1}, {2}), ElementsAre(-2, 2, -6, -8));
  EXPECT_THAT(result({2, 1, 1}, {2, 3}), ElementsAre(-2, 2, -9, -12));
  EXPECT_THAT(result({2}, {2, 3}), ElementsAre(-2, 2, -6, -12));
}

}  // namespace
}  // namespace karnin
