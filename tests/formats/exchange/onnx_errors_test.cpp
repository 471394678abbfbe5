// What a network cannot take is said in one line: file, node, operator, opset, expected, got.
#include <gmock/gmock.h>

#include "tests/support/error_message.h"
#include "tests/support/onnx_run.h"

namespace karnin {
namespace {

using test::error_message;
using test::OnnxFile;
using test::refusal;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Nx4 -> `op` -> y.
OnnxFile with_op(const std::string& op, std::vector<std::string> more_inputs = {}) {
  OnnxFile file;
  more_inputs.insert(more_inputs.begin(), "x");
  file.input("x", {-1, 4}).node(op, more_inputs, "y").output("y");
  return file;
}

TEST(OnnxErrors, NameTheNode) {
  EXPECT_EQ(refusal(with_op("Erf")),
            "node 'y_node' (Erf, opset 13): unknown operator (net.onnx, byte 0)");
  OnnxFile foreign = with_op("Relu");
  foreign.proto().mutable_graph()->mutable_node(0)->set_domain("com.microsoft");
  EXPECT_THAT(refusal(foreign), HasSubstr("(Relu, opset 13): expected an operator of ONNX, got one "
                                          "of 'com.microsoft'"));
  OnnxFile nameless = with_op("Erf");
  nameless.proto().mutable_graph()->mutable_node(0)->set_name("");
  EXPECT_THAT(refusal(nameless), StartsWith("node 'y' (Erf"));
}

TEST(OnnxErrors, CannotActOnATerminal) {
  OnnxFile file = with_op("Erf\x1b[2J");
  file.proto().mutable_graph()->mutable_node(0)->set_name(std::string(1000, '\n'));
  const std::string message = refusal(file);
  EXPECT_THAT(message, HasSubstr("\\u001b[2J"));
  EXPECT_LT(message.size(), 200U);
}

TEST(OnnxErrors, NameWhatIsReadAndIsNotThere) {
  EXPECT_THAT(refusal(with_op("Relu", {"z"})),
              HasSubstr("expected a value that is known before this node, got 'z'"));
  EXPECT_THAT(refusal(with_op("Gemm")), HasSubstr("expected input 1, got none"));
  OnnxFile circle;
  circle.input("x", {-1, 4}).node("Add", {"x", "y"}, "y").output("y");
  EXPECT_THAT(refusal(circle), HasSubstr("got 'y'"));
  OnnxFile twice = with_op("Relu");
  EXPECT_THAT(refusal(twice.node("Relu", {"x"}, "y")),
              HasSubstr("expected to be the only one to give 'y'"));
}

TEST(OnnxErrors, NameTheInput) {
  OnnxFile two = with_op("Add", {"z"}), none, open, whole = with_op("Relu"), flat;
  EXPECT_THAT(
      refusal(two.input("z", {-1, 4})),
      StartsWith(
          "node 'y_node' (Add, opset 13): expected one input of the network, got 'x' and 'z'"));
  EXPECT_THAT(refusal(none.integers("x", {1}).node("Relu", {"x"}, "y").output("y")),
              StartsWith("node 'y_node' (Relu, opset 13): output 'y': expected an input that the "
                         "outputs depend on"));
  EXPECT_THAT(refusal(open.input("x", {-1, 3, -1, 8}).node("Relu", {"x"}, "y").output("y")),
              StartsWith("node 'y_node' (Relu, opset 13): input 'x': expected a size for dimension "
                         "2, got 'some_x'"));
  whole.proto()
      .mutable_graph()
      ->mutable_input(0)
      ->mutable_type()
      ->mutable_tensor_type()
      ->set_elem_type(onnx::TensorProto::INT64);
  EXPECT_THAT(refusal(whole), HasSubstr("input 'x': expected real numbers, got data type 7"));
  EXPECT_THAT(refusal(flat.input("x", {}).node("Relu", {"x"}, "y").output("y")),
              HasSubstr("expected a batch and at most 15 more dimensions, got 0 in all"));
}

TEST(OnnxErrors, NameTheOpset) {
  OnnxFile old(5), none = with_op("Relu");
  old.input("x", {-1, 4}).node("Add", {"x", "x"}, "y").output("y");
  EXPECT_THAT(refusal(old), StartsWith("node 'y_node' (Add, opset 5): expected opset 6 or later"));
  none.proto().clear_opset_import();
  EXPECT_THAT(refusal(none),
              StartsWith("node 'y_node' (Relu, opset 0): expected opset 1 or later"));
}

TEST(OnnxErrors, NameTheAttribute) {
  OnnxFile unknown = with_op("Relu"), kind = with_op("Flatten");
  EXPECT_THAT(refusal(unknown.with("slope", 1)), HasSubstr("unknown attribute 'slope'"));
  EXPECT_THAT(refusal(kind.with("axis", 1.0F)),
              HasSubstr("attribute 'axis': expected a whole number"));
}

TEST(OnnxErrors, NameTheTensor) {
  OnnxFile file = with_op("Gemm", {"w"});
  file.reals("w", {4, 2}, {1, 2, 3});
  EXPECT_THAT(refusal(file), HasSubstr("tensor 'w': expected 32 raw bytes, got 12"));
  OnnxFile nan = with_op("Gemm", {"w"}), text = with_op("Gemm", {"w"}),
           huge = with_op("Gemm", {"w"});
  EXPECT_THAT(refusal(nan.reals("w", {4, 1}, {1, 2, 3, NAN})),
              HasSubstr("weight: expected finite values"));
  text.tensor("w", {4, 1}, onnx::TensorProto::STRING);
  EXPECT_THAT(refusal(text), HasSubstr("expected real or whole numbers, got data type 8"));
  huge.tensor("w", {4, 1'000'000'000'000}, onnx::TensorProto::FLOAT);
  EXPECT_THAT(refusal(huge), HasSubstr("tensor 'w': expected at most 268435456 values"));
}

TEST(OnnxErrors, NameTheShapesThatDoNotFit) {
  OnnxFile gemm = with_op("Gemm", {"w"}), conv = with_op("Conv", {"w"});
  EXPECT_THAT(refusal(gemm.reals("w", {3, 1}, {1, 2, 3})),
              HasSubstr("expected matrices that fit, got Nx4 and 3x1"));
  EXPECT_THAT(refusal(conv.reals("w", {1, 1, 1, 1}, {1})),
              HasSubstr("expected N x C x L or N x C x H x W, got Nx4"));
  OnnxFile large;
  large.input("x", {-1, 1, 2, 2}).reals("w", {1, 1, 3, 3}, std::vector<float>(9));
  EXPECT_THAT(refusal(large.node("Conv", {"x", "w"}, "y").output("y")),
              HasSubstr("kernel: expected at most the padded input of 2, got 3"));
}

}  // namespace
}  // namespace karnin
