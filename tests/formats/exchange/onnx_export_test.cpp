// Networks of ours as ONNX: read again they give the same answers.
#include <gmock/gmock.h>

#include <limits>

#include "formats/exchange/onnx_writer.h"
#include "runtime/graph/networks.h"
#include "tests/support/every_op.h"
#include "tests/support/filled_model.h"
#include "tests/support/onnx_run.h"
#include "tests/support/pruned_model.h"
#include "tests/support/small_network.h"

namespace karnin {
namespace {

using test::Values;

constexpr std::int64_t kImages = 3;

Model again(const Model& model, const OnnxWriteOptions& options = {}) {
  return decode_onnx(encode_onnx(model, options), "net.onnx");
}

onnx::ModelProto written(const Model& model, const OnnxWriteOptions& options = {}) {
  const std::vector<std::uint8_t> bytes = encode_onnx(model, options);
  onnx::ModelProto proto;
  EXPECT_TRUE(proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  return proto;
}

void expect_near(const Values& actual, const Values& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  float largest = 0;
  for (const float value : expected) largest = std::max(largest, std::abs(value));
  for (std::size_t i = 0; i < actual.size(); ++i)
    ASSERT_NEAR(actual[i], expected[i], 1e-6F * largest) << "value " << i;
}

/// Output after output, by the reference operators.
void expect_same_answers(Model read, Model model) {
  const Values images = test::uniforms(kImages * input_extent(model.graph).size(), 5);
  ASSERT_EQ(read.graph.outputs.size(), model.graph.outputs.size());
  for (std::size_t output = 0; output < model.graph.outputs.size(); ++output) {
    expect_near(test::run(read, kImages, images), test::run(model, kImages, images));
    std::ranges::rotate(read.graph.outputs, read.graph.outputs.begin() + 1);
    std::ranges::rotate(model.graph.outputs, model.graph.outputs.begin() + 1);
  }
}

void expect_round_trip(const Graph& graph) {
  SCOPED_TRACE(graph.name);
  const Model model = test::filled_model(graph);
  const Model read = again(model);
  expect_same_answers(read, model);
  const auto size = [](const Graph& g, NodeId id) {
    return infer_extents(g)[static_cast<std::size_t>(id)].size();
  };
  for (std::size_t i = 0; i < graph.outputs.size(); ++i)
    EXPECT_EQ(size(read.graph, read.graph.outputs[i]), size(graph, graph.outputs[i]));
}

/// Every op that reads one value, with odd numbers.
std::vector<Op> ops() {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  using enum ActivationKind;
  std::vector<Op> all{
      Conv2d{.oc = 6, .kh = 3, .kw = 2, .sh = 2, .ph = {2, 0}, .pw = {0, 1}, .groups = 2},
      Conv2d{.oc = 4, .kh = 2, .kw = 2, .dh = 2, .dw = 3, .groups = 4},
      FullyConnected{5},
      Pool2d{.kind = PoolKind::max, .kh = 3, .kw = 2, .sh = 2, .sw = 1, .ph = {1, 2}},
      Pool2d{.kind = PoolKind::average, .kh = 3, .kw = 2, .sw = 1, .ph = {2, 1}, .pw = 1},
      Pool2d{.kind = PoolKind::average, .sh = 1, .pw = {1, 0}, .count_padding = true},
      Relu{},
      Activation{leaky_relu, 0.1F},
      Activation{clip, -0.5F, 0.25F},
      Activation{clip, 0, kInfinity},
      Activation{clip, -kInfinity, 0.25F},
      Activation{clip, -kInfinity, kInfinity},
      Activation{sigmoid},
      Activation{tanh},
      Activation{hard_sigmoid, 0.3F, 0.4F},
      Activation{hard_swish},
      Activation{elu, 0.7F},
      PRelu{},
      Dropout{0.25F},
      BatchNorm{1e-3F},
      ChannelAffine{},
      Softmax{false},
      Softmax{true},
      Pad{{1, 0}, {0, 2}, 0.5F}};
  std::array<int, 3> order{0, 1, 2};
  do all.emplace_back(Transpose{order});
  while (std::ranges::next_permutation(order).found);
  return all;
}

/// On what comes in, behind a convolution, and on one value a channel.
TEST(OnnxExport, EveryOpIsReadAgain) {
  int number = 0;
  for (const Op& op : ops()) {
    const std::string name = "op " + std::to_string(number++);
    expect_round_trip(
        make_chain(name + " behind", {4, 7, 6}, {{"conv", Conv2d{4, 1, 1}}, {"op", op}}));
    expect_round_trip(
        make_chain(name + " in the middle", {4, 7, 6},
                   {{"conv", Conv2d{4, 1, 1}}, {"op", op}, {"fc", FullyConnected{3}}}));
    expect_round_trip(make_chain(name + " first", {4, 7, 6}, {{"op", op}}));
    if (is<Pool2d>(op) || is<Conv2d>(op)) continue;
    expect_round_trip(
        make_chain(name + " flat", {4, 2, 2}, {{"fc", FullyConnected{6}}, {"op", op}}));
    expect_round_trip(make_chain(name + " of one", {6, 1, 1}, {{"op", op}}));
  }
}

TEST(OnnxExport, ImagesLoseABorder) {
  expect_round_trip(make_chain("cut", {4, 7, 6},
                               {{"conv", Conv2d{4, 1, 1}}, {"cut", Pad{{-1, -2}, {1, -1}, 0.5F}}}));
}

TEST(OnnxExport, ValuesMeetInOneForm) {
  for (const Op& op : {Op{Add{}}, Op{Arithmetic{ArithmeticKind::multiply}},
                       Op{Arithmetic{ArithmeticKind::subtract}},
                       Op{Arithmetic{ArithmeticKind::divide}}, Op{Concat{}}}) {
    Graph graph = make_graph("pair", {3, 4, 5});
    const NodeId a = append(graph, "a", Conv2d{4, 2, 2});
    const NodeId b = append(graph, "b", Activation{ActivationKind::sigmoid});
    append(graph, "same", op, {a, b});
    const NodeId flat = append(graph, "fc", FullyConnected{4}, {a});
    const NodeId positive = append(graph, "positive", Activation{ActivationKind::sigmoid}, {flat});
    const NodeId pool = append(graph, "pool", Pool2d{PoolKind::average, 3, 4, 3, 4}, {a});
    append(graph, "mixed", op, {pool, positive});
    if (!is<Add>(op) && !is<Concat>(op)) append(graph, "small", op, {a, positive});
    expect_round_trip(graph);
  }
}

TEST(OnnxExport, ReshapesKeepTheOrder) {
  for (const Extent& to : {Extent{60, 1, 1}, Extent{5, 4, 3}, Extent{1, 60, 1}, Extent{3, 4, 5}}) {
    expect_round_trip(make_chain(to_string(to), {3, 4, 5}, {{"r", Reshape{to}}, {"relu", Relu{}}}));
    expect_round_trip(make_chain(to_string(to) + " behind", {2, 2, 2},
                                 {{"fc", FullyConnected{60}}, {"r", Reshape{to}}}));
  }
}

TEST(OnnxExport, AnInputThatIsTurnedHasItsChannelsFirstAgain) {
  Model model = test::filled_model(make_chain(
      "n", {2, 4, 3}, {{"relu", Relu{}}, {"turn", Transpose{{2, 0, 1}}}, {"c", Conv2d{2, 2, 2}}}));
  model.preprocess.mean = {0.25F, 0.75F};
  const Model read = again(model);
  EXPECT_EQ(read.graph.node(0), model.graph.node(0));
  EXPECT_EQ(read.preprocess, model.preprocess);
  expect_same_answers(read, model);
}

TEST(OnnxExport, AnInputOfAnotherFormHasOnePreprocessingForAll) {
  const Model model = test::filled_model(
      make_chain("n", {4, 6, 6}, {{"r", Reshape{{1, 12, 12}}}, {"c", Conv2d{2, 3, 3}}}));
  const Model read = again(model);
  EXPECT_EQ(read.preprocess.mean, std::vector<float>(1, 0.5F)) << "the image is of one channel";
  expect_same_answers(read, model);
}

TEST(OnnxExport, BranchesAndSeveralOutputsStay) { expect_round_trip(test::every_op()); }

TEST(OnnxExport, TheImageMayGoOutToo) {
  Graph graph = make_graph("outputs", {2, 3, 3});
  const NodeId conv = append(graph, "conv", Conv2d{2, 1, 1});
  graph.outputs = {conv, 0};
  const onnx::ModelProto proto = written(test::filled_model(graph));
  std::vector<std::string> names;
  for (const auto& output : proto.graph().output()) names.push_back(output.name());
  EXPECT_THAT(names, testing::ElementsAre("conv", "input_output"));
  expect_round_trip(graph);
}

TEST(OnnxExport, NetworksAreTheSameGraphAgain) {
  for (const BuiltInNetwork& network : built_in_networks()) {
    const Graph graph = network.make(network.input, 10);
    EXPECT_EQ(again(test::filled_model(graph)).graph, graph) << network.name;
  }
  Graph graph = test::small_network({3, 9, 9}, 4, 0.25F);
  append(graph, "norm", BatchNorm{1e-4F});
  append(graph, "answers", Softmax{});
  std::get<Input>(graph.nodes[0].op).order = PixelOrder::hwc;
  EXPECT_EQ(again(test::filled_model(graph)).graph, graph);
}

TEST(OnnxExport, WeightsKeepTheirBits) {
  const Model model = test::filled_model(test::small_network({3, 9, 9}, 4));
  EXPECT_EQ(again(model).parameters, model.parameters);
}

TEST(OnnxExport, SaysWhatItIs) {
  Graph graph =
      make_chain("net", {3, 4, 5}, {{"fc_flat", FullyConnected{6}}, {"fc", FullyConnected{2}}});
  std::get<Input>(graph.nodes[0].op).order = PixelOrder::hwc;
  graph.nodes[1].name = "input_chw";
  const onnx::ModelProto proto = written(test::filled_model(graph));
  EXPECT_EQ(proto.ir_version(), 8);
  EXPECT_EQ(proto.opset_import(0).version(), 17);
  ASSERT_EQ(proto.graph().input_size(), 1);
  const auto& shape = proto.graph().input(0).type().tensor_type().shape();
  EXPECT_EQ(proto.graph().input(0).name(), "input");
  EXPECT_EQ(shape.dim(0).dim_param(), "N");
  EXPECT_EQ(shape.dim(1).dim_value(), 4);
  EXPECT_EQ(shape.dim(3).dim_value(), 3);
  EXPECT_EQ(proto.graph().node(0).op_type(), "Transpose");
  EXPECT_EQ(proto.graph().node(0).output(0), "input_chw_2") << "names are unique";
  EXPECT_EQ(proto.graph().output(0).name(), "fc");
}

TEST(OnnxExport, SaysHowPixelsGoInAndWhatComesOut) {
  Model model = test::filled_model(make_chain("net", {2, 1, 1}, {{"fc", FullyConnected{3}}}));
  model.preprocess = {{0.1F, 0.2F}, {0.3F, 1.0F / 3}};
  model.classes = {"cat", "d\"og", "ö"};
  model.provenance = R"({"history":[]})";
  const Model read = again(model);
  EXPECT_EQ(read.preprocess, model.preprocess);
  EXPECT_EQ(read.classes, model.classes);
  EXPECT_EQ(read.provenance, model.provenance);
}

TEST(OnnxExport, UnsoundMetadataIsRefused) {
  const auto refusal = [](const char* key, const char* value) {
    onnx::ModelProto proto =
        written(test::filled_model(make_chain("net", {2, 1, 1}, {{"fc", FullyConnected{3}}})));
    auto* entry = proto.add_metadata_props();
    entry->set_key(key);
    entry->set_value(value);
    const std::string bytes = proto.SerializeAsString();
    try {
      decode_onnx({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, "net.onnx");
    } catch (const FileError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(refusal("author", "{"), "");
  EXPECT_THAT(refusal("karnin.mean", "[1"), testing::HasSubstr("JSON"));
  EXPECT_THAT(refusal("karnin.mean", "[1,2,3]"), testing::HasSubstr("for each of 2 channels"));
  EXPECT_THAT(refusal("karnin.std", "[1,0]"), testing::HasSubstr("positive deviations"));
  EXPECT_THAT(refusal("karnin.std", R"([1,"2"])"), testing::HasSubstr("karnin.std[1]"));
  EXPECT_THAT(refusal("karnin.classes", R"(["a"])"), testing::HasSubstr("expected 3 class names"));
  EXPECT_THAT(refusal("karnin.provenance", "[]"), testing::HasSubstr("expected a JSON object"));
}

TEST(OnnxExport, PrunedWeightsAreZerosOrLeftOut) {
  Model model = test::filled_model(make_chain("net", {8, 4, 4}, {{"fc", FullyConnected{32}}}));
  test::prune_matrices(model, 0.9);
  const Model dense = again(model), sparse = again(model, {.sparse = true});
  EXPECT_EQ(dense.parameters[0].value, model.parameters[0].value);
  EXPECT_EQ(sparse, dense);
  EXPECT_LT(encode_onnx(model, {.sparse = true}).size(), encode_onnx(model).size() / 2);
  EXPECT_EQ(written(model, {.sparse = true}).graph().sparse_initializer_size(), 1) << "no bias";
  test::prune_matrices(model, 1);
  EXPECT_EQ(written(model, {.sparse = true}).graph().sparse_initializer_size(), 0);
}

/// A file makes tensors in proportion to its size alone, beside 64 MiB for all of them.
TEST(OnnxExport, WhatIsAlmostEmptyStaysDenseWhereTheReaderWouldRefuseIt) {
  const auto sparse_ones = [](const Graph& graph) {
    Model model = test::filled_model(graph);
    test::prune_matrices(model, 0.9999);
    EXPECT_EQ(again(model, {.sparse = true}), again(model)) << graph.name;
    return written(model, {.sparse = true}).graph().sparse_initializer_size();
  };
  EXPECT_EQ(sparse_ones(make_chain("one", {2100, 1, 1}, {{"fc", FullyConnected{2048}}})), 0);
  EXPECT_EQ(sparse_ones(make_chain("small", {210, 1, 1}, {{"fc", FullyConnected{204}}})), 1);
  EXPECT_EQ(sparse_ones(make_chain("some", {1400, 1, 1},
                                   {{"fc1", FullyConnected{1400}},
                                    {"fc2", FullyConnected{1400}},
                                    {"fc3", FullyConnected{1400}}})),
            1);
}

}  // namespace
}  // namespace karnin
