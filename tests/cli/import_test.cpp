// karnin-cpu import: ONNX files become model files, and stand where these do.
#include <gmock/gmock.h>

#include "formats/model/model_file.h"
#include "tests/cli/workspace.h"
#include "tests/support/fill.h"
#include "tests/support/onnx_file.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::FloatEq;
using testing::HasSubstr;

constexpr int kImported = 108 + 4 + 40 + 10;

/// An image of the workspace's data set, through a convolution and a matrix.
class Import : public test::WorkspaceTest {
 protected:
  static void SetUpTestSuite() {
    WorkspaceTest::SetUpTestSuite();
    test::OnnxFile net;
    net.input("x", {-1, 3, 32, 32}).reals("k", {4, 3, 3, 3}, test::integers(108, 1));
    net.node("Conv", {"x", "k"}, "conv")
        .with("pads", {0, 0, 1, 1})
        .node("LeakyRelu", {"conv"}, "relu");
    net.node("GlobalAveragePool", {"relu"}, "pool").node("Flatten", {"pool"}, "flat");
    net.reals("w", {4, 10}, test::integers(40, 2)).node("Gemm", {"flat", "w"}, "fc");
    test::write_bytes(workspace->path("net.onnx"),
                      net.node("Softmax", {"fc"}, "y").output("y").bytes());
  }

  static Preprocess imported(const std::string& out, std::vector<std::string> more) {
    more.insert(more.begin(), {"import", "--model", file("net.onnx"), "--out", file(out)});
    workspace->run_json(more);
    return read_model(file(out)).preprocess;
  }

  static nlohmann::json eval(const std::string& model) {
    return workspace->run_json({"eval", "--model", file(model), "--data", workspace->data()});
  }
};

TEST_F(Import, LeavesAModelWithTheSameAnswers) {
  const nlohmann::json result =
      workspace->run_json({"import", "--model", file("net.onnx"), "--out", file("net.bin")});
  EXPECT_EQ(result["layers"], 5);
  EXPECT_EQ(result["parameters"], kImported);
  EXPECT_EQ(eval("net.bin")["confusion"], eval("net.onnx")["confusion"]);
  const test::ProcessResult shown = workspace->run({"inspect", "--model", file("net.bin")});
  EXPECT_EQ(shown.status, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("conv"));
}

TEST_F(Import, ShowsTheGraph) {
  const nlohmann::json told = workspace->run_json({"inspect", "--model", file("net.onnx")});
  std::int64_t macs = 0;
  for (const nlohmann::json& node : told["nodes"]) macs += node["macs"].get<std::int64_t>();
  EXPECT_GT(macs, 0);
  const test::ProcessResult text = workspace->run({"inspect", "--model", file("net.onnx")});
  for (const char* column : {"from", "MACs", "parameters", "non-zero"})
    EXPECT_THAT(text.out, HasSubstr(column));
  const test::ProcessResult dot = workspace->run({"inspect", "--dot", "--model", file("net.onnx")});
  EXPECT_THAT(dot.out, testing::StartsWith("digraph "));
  EXPECT_THAT(dot.out, testing::EndsWith("}\n"));
  EXPECT_THAT(dot.out, HasSubstr("conv_node"));
  EXPECT_EQ(workspace->run({"inspect", "--dot", "--json", "--model", file("net.onnx")}).status, 2);
}

TEST_F(Import, IsNotNeededToPruneOrToTrainOn) {
  workspace->run_json({"prune", "--model", file("net.onnx"), "--method", "magnitude", "--sparsity",
                       "0.5", "--layers", "conv_node,fc_node", "--data", workspace->data(), "--out",
                       file("half.bin")});
  EXPECT_LE(read_model(file("half.bin")).nonzero_count(), (108 + 40) / 2);  // biases are 0
  const nlohmann::json trained =
      workspace->run_json({"train", "--model", file("net.onnx"), "--data", workspace->data(),
                           "--epochs", "1", "--out", file("trained")});
  EXPECT_EQ(trained["model"]["parameters"], kImported);
}

TEST_F(Import, TakesPixelsAsTheyAreOrAsItIsTold) {
  EXPECT_THAT(imported("raw.bin", {}).std, Each(FloatEq(1 / 255.0F)));
  EXPECT_THAT(imported("same.bin", {"--scale", "255"}), imported("raw2.bin", {}));
  const Preprocess one = imported("one.bin", {"--mean", "0.5,0.4,0.5", "--std", "0.25"});
  EXPECT_THAT(one.mean, ElementsAre(0.5F, 0.4F, 0.5F));
  EXPECT_THAT(one.std, Each(0.25F));
  const Preprocess scaled =
      imported("scaled.bin", {"--scale", "255", "--mean", "102", "--std", "51"});
  EXPECT_THAT(scaled.mean, Each(FloatEq(0.4F)));
  EXPECT_THAT(scaled.std, Each(FloatEq(0.2F)));
}

TEST_F(Import, RefusesWhatFitsNoChannel) {
  const auto refused = [](const std::string& option, const std::string& value) {
    const test::ProcessResult result = workspace->run(
        {"import", "--model", file("net.onnx"), "--out", file("no.bin"), option, value});
    EXPECT_EQ(result.status, 2) << result.err;
    return result.err;
  };
  EXPECT_THAT(refused("--mean", "0.5,0.5"),
              HasSubstr("--mean: expected one number or one for each of 3 channels, got 2"));
  EXPECT_THAT(refused("--std", "0"), HasSubstr("--std: expected a number from 1e-06 to"));
  EXPECT_THAT(refused("--scale", "-1"), HasSubstr("--scale: expected a number from 1e-06 to"));
}

/// It is pruned as others are; who needs one value a class says so before there are data.
TEST_F(Import, TakesSeveralOutputsWhichNoClassifierHas) {
  test::OnnxFile net;
  net.input("x", {-1, 3, 32, 32}).reals("k", {4, 3, 3, 3}, test::integers(108, 1));
  net.node("Conv", {"x", "k"}, "boxes").node("GlobalAveragePool", {"boxes"}, "pool");
  net.node("Flatten", {"pool"}, "flat").node("Sigmoid", {"flat"}, "found");
  test::write_bytes(workspace->path("two.onnx"), net.output("boxes").output("found").bytes());
  workspace->run_json({"prune", "--model", file("two.onnx"), "--method", "magnitude", "--sparsity",
                       "0.5", "--layers", "boxes", "--out", file("two.bin")});
  const Model pruned = read_model(file("two.bin"));
  EXPECT_THAT(outputs_of(pruned.graph),
              ElementsAre(Output{"boxes", {4, 30, 30}}, Output{"found", {4, 1, 1}}));
  EXPECT_LE(pruned.nonzero_count(), 108 / 2);
  EXPECT_EQ(workspace->run({"inspect", "--model", file("two.bin")}).status, 0);
  EXPECT_EQ(workspace->run({"verify", file("two.bin")}).status, 0);
  const std::vector<std::vector<std::string>> commands{
      {"eval"}, {"train", "--out", file("no")}, {"prune", "--fine-tune", "1"}, {"sweep"}};
  for (std::vector<std::string> command : commands) {
    command.insert(command.end(), {"--model", file("two.bin"), "--data", file("nowhere")});
    const test::ProcessResult result = workspace->run(command);
    EXPECT_EQ(result.status, 3) << command.front();
    EXPECT_THAT(result.err, HasSubstr("network 'net': expected one output, got 2, 'boxes' "
                                      "(4x30x30), 'found' (4x1x1)\n"))
        << command.front();
  }
}

TEST_F(Import, NamesTheNodeThatItCannotTake) {
  test::OnnxFile net;
  net.input("x", {-1, 4}).node("Erf", {"x"}, "y").output("y");
  test::write_bytes(workspace->path("erf.onnx"), net.bytes());
  const test::ProcessResult result =
      workspace->run({"import", "--model", file("erf.onnx"), "--out", file("erf.bin")});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.err, HasSubstr("node 'y_node' (Erf, opset 13): unknown operator"));
}

}  // namespace
}  // namespace karnin
