// ONNX files that nobody meant well with: cut, damaged, and asking for more than they are.
#include <gmock/gmock.h>

#include <random>

#include "formats/exchange/onnx_bounds.h"
#include "tests/support/allocation_meter.h"
#include "tests/support/cpu_time.h"
#include "tests/support/error_message.h"
#include "tests/support/fill.h"
#include "tests/support/onnx_run.h"

namespace karnin {
namespace {

using test::error_message;
using test::OnnxFile;
using ::testing::HasSubstr;
using Bytes = std::vector<std::uint8_t>;

/// A network with a shortcut, of weights in several forms, shapes that are computed, and pools.
OnnxFile branching() {
  OnnxFile file(11);
  file.input("x", {-1, 4, 4, 2}).node("Transpose", {"x"}, "t").with("perm", {0, 3, 1, 2});
  file.reals("k", {2, 2, 3, 3}, test::integers(36, 1)).node("Conv", {"t", "k"}, "c");
  file.with("pads", {1, 1, 1, 1}).with("strides", {1, 1}).node("Relu", {"c"}, "r");
  file.node("Add", {"r", "t"}, "sum").node("MaxPool", {"sum"}, "p").with("kernel_shape", {2, 2});
  file.node("Shape", {"p"}, "shape").integers("zero", {}, {0}).integers("rest", {-1});
  file.node("Gather", {"shape", "zero"}, "n").node("Unsqueeze", {"n"}, "n1");
  file.with("axes", std::vector<std::int64_t>{0})
      .node("Concat", {"n1", "rest"}, "to")
      .with("axis", 0);
  file.node("Reshape", {"p", "to"}, "flat").reals("scale", {}, {0.5F});
  onnx::TensorProto& q = file.tensor("q", {18, 3}, onnx::TensorProto::INT8);
  for (int i = 0; i < 54; ++i) q.add_int32_data(i % 7 - 3);
  file.node("DequantizeLinear", {"q", "scale"}, "w").node("MatMul", {"flat", "w"}, "m");
  file.reals("b", {3}, {1, 2, 3}).node("Add", {"m", "b"}, "y").output("y");
  return file;
}

/// Refused or understood within a second, and with so much memory.
void expect_bounded(const Bytes& bytes, const std::string& what) {
  const double start = test::cpu_seconds();
  const std::size_t held = test::held_bytes();
  test::reset_most_held_bytes();
  try {
    const Model model = decode_onnx(bytes, "file");
    EXPECT_NO_THROW(validate(model)) << what;
  } catch (const FileError&) {
  }
  EXPECT_LT(test::most_held_bytes() - held, kOnnxFloor + kOnnxFactor * bytes.size()) << what;
  EXPECT_LT(test::cpu_seconds() - start, 1) << what;
}

TEST(HostileOnnx, TheNetworkIsSound) {
  const Model model = decoded(branching());
  EXPECT_EQ(model.graph.nodes.size(), 6U);
  EXPECT_EQ(model.parameters.size(), 4U);
}

TEST(HostileOnnx, EveryTruncationIsRefusedOrSound) {
  const Bytes bytes = branching().bytes();
  for (std::size_t length = 0; length < bytes.size(); ++length)
    expect_bounded({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length)},
                   "cut at " + std::to_string(length));
}

TEST(HostileOnnx, EveryFlippedBitIsRefusedOrSound) {
  Bytes bytes = branching().bytes();
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    const auto flip = static_cast<std::uint8_t>(1U << (bit % 8));
    bytes[bit / 8] ^= flip;
    expect_bounded(bytes, "bit " + std::to_string(bit));
    bytes[bit / 8] ^= flip;
  }
}

TEST(HostileOnnx, RandomDamageIsRefusedOrSound) {
  const Bytes sound = branching().bytes();
  std::mt19937 rng(11);
  for (int round = 0; round < 10'000; ++round) {
    Bytes bytes = sound;
    for (unsigned change = 0; change <= rng() % 8; ++change)
      bytes[rng() % bytes.size()] ^= static_cast<std::uint8_t>(1U << (rng() % 8));
    expect_bounded(bytes, "round " + std::to_string(round));
  }
}

std::string refusal(const Bytes& bytes) {
  expect_bounded(bytes, "refused");
  return error_message<FileError>([&] { decode_onnx(bytes, "file"); });
}

TEST(HostileOnnx, ForeignFilesAreRefused) {
  EXPECT_THAT(refusal({}), HasSubstr("expected an input that the outputs depend on, got none"));
  const std::string text = "P6 this is no network";
  EXPECT_THAT(refusal({text.begin(), text.end()}), HasSubstr("not a sound ONNX model"));
}

/// A field of a message: its number, and bytes.
std::string field(int number, const std::string& bytes) {
  std::string text{static_cast<char>(number << 3 | 2)};
  std::size_t length = bytes.size();
  for (; length >= 128; length >>= 7) text += static_cast<char>(length | 0x80U);
  return text + static_cast<char>(length) + bytes;
}

std::string repeated(const std::string& text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

Bytes model_of(const std::string& graph) {
  const std::string text = field(7, graph);
  return {text.begin(), text.end()};
}

constexpr int kNode = 1, kAttribute = 5, kInitializer = 5, kSubgraph = 6;

TEST(HostileOnnx, MessagesAreCounted) {
  EXPECT_THAT(refusal(model_of(repeated(field(kNode, ""), kMaxOnnxNodes + 1))),
              HasSubstr("expected at most 32768 nodes"));
  EXPECT_THAT(refusal(model_of(repeated(field(kInitializer, ""), kMaxOnnxMessages))),
              HasSubstr("expected at most 262144 messages"));
  const std::string most = repeated(field(kAttribute, ""), kMaxOnnxMessages - 2);
  EXPECT_THAT(refusal(model_of(field(kNode, most))), HasSubstr("expected an input"))
      << "just few enough";
}

TEST(HostileOnnx, DepthIsBounded) {
  std::string graph;
  for (int level = 0; level < 20; ++level)
    graph = field(kNode, field(kAttribute, field(kSubgraph, graph)));
  EXPECT_THAT(refusal(model_of(graph)), HasSubstr("nested deeper than 32 levels"));
}

TEST(HostileOnnx, TensorsStayInProportionToTheFile) {
  OnnxFile shape;
  shape.input("x", {-1, 16384}).integers("shape", {16384, 16384});
  shape.node("ConstantOfShape", {"shape"}, "w").node("MatMul", {"x", "w"}, "y").output("y");
  EXPECT_THAT(refusal(shape.bytes()), HasSubstr("expected tensors in proportion to the file"));
  OnnxFile empty;
  empty.input("x", {-1, 4}).integers("shape", {1 << 28, 0}).node("ConstantOfShape", {"shape"}, "e");
  empty.node("Transpose", {"e"}, "w").node("MatMul", {"x", "w"}, "y").output("y");
  EXPECT_THAT(refusal(empty.bytes()), HasSubstr("expected tensors in proportion to the file"));
}

/// Millions of rows without columns, thousands of times.
TEST(HostileOnnx, JoiningNothingTakesNoTime) {
  OnnxFile file;
  file.input("x", {-1, 4}).tensor("e", {8388608, 0}, onnx::TensorProto::INT64);
  file.node("Concat", std::vector<std::string>(20'000, "e"), "to").with("axis", 1);
  file.node("Reshape", {"x", "to"}, "y").output("y");
  EXPECT_THAT(refusal(file.bytes()), HasSubstr("expected tensors in proportion to the file"));
}

/// Each of which would be added to a million biases.
TEST(HostileOnnx, NumbersForALargeLayerTakeNoTime) {
  OnnxFile file;
  file.input("x", {-1, 1}).integers("shape", {1, 1 << 20}).node("ConstantOfShape", {"shape"}, "w");
  file.reals("one", {}, {1}).node("MatMul", {"x", "w"}, "y0").output("y20000");
  for (int i = 0; i < 20'000; ++i)
    file.node("Add", {"y" + std::to_string(i), "one"}, "y" + std::to_string(i + 1));
  EXPECT_THAT(refusal(file.bytes()), HasSubstr("expected tensors in proportion to the file"));
}

TEST(HostileOnnx, NamesThatAreAllTheSameTakeNoTime) {
  OnnxFile file;
  file.input("x", {-1, 4}).node("Relu", {"x"}, "y0").output("y4000");
  for (int i = 0; i < 4000; ++i)
    file.node("Relu", {"y" + std::to_string(i)}, "y" + std::to_string(i + 1));
  for (auto& node : *file.proto().mutable_graph()->mutable_node()) node.set_name("same");
  expect_bounded(file.bytes(), "same names");
  EXPECT_EQ(decoded(file).graph.nodes.size(), 4002U);
  for (int i = 4000; i < 5000; ++i)
    file.node("Relu", {"y" + std::to_string(i)}, "y" + std::to_string(i + 1));
  file.proto().mutable_graph()->mutable_output(0)->set_name("y5000");
  EXPECT_THAT(refusal(file.bytes()), HasSubstr("expected at most 4096 layers"));
}

}  // namespace
}  // namespace karnin
