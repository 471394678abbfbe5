// karnin-cpu export: what others read, and import knows again.
#include <gmock/gmock.h>

#include "formats/model/model_file.h"
#include "tests/cli/workspace.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

using testing::HasSubstr;

class Export : public test::TrainedTest {
 protected:
  static nlohmann::json exported(const std::string& from, const std::string& to,
                                 std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"export", "--model", file(from), "--out", file(to)});
    return workspace->run_json(more);
  }

  static nlohmann::json eval(const std::string& model) {
    return workspace->run_json({"eval", "--model", file(model), "--data", workspace->data()});
  }

  static std::string refused(std::vector<std::string> arguments, int status) {
    arguments.insert(arguments.begin(), "export");
    const test::ProcessResult result = workspace->run(arguments);
    EXPECT_EQ(result.status, status) << result.err;
    return result.err;
  }
};

TEST_F(Export, OnnxGivesTheSameAnswersAndComesBackTheSame) {
  const nlohmann::json result = exported("run/pruned.bin", "pruned.onnx");
  EXPECT_EQ(result["format"], "onnx");
  EXPECT_EQ(result["file_bytes"], std::filesystem::file_size(file("pruned.onnx")));
  EXPECT_EQ(eval("pruned.onnx")["confusion"], eval("run/pruned.bin")["confusion"]);
  workspace->run_json({"import", "--model", file("pruned.onnx"), "--out", file("again.bin")});
  const Model again = read_model(file("again.bin")), model = read_model(file("run/pruned.bin"));
  EXPECT_EQ(again.graph, model.graph);
  EXPECT_EQ(again.preprocess, model.preprocess);
  EXPECT_EQ(again.classes, model.classes);
  for (std::size_t i = 0; i < model.parameters.size(); ++i)
    EXPECT_EQ(again.parameters[i].value, model.parameters[i].value);
  EXPECT_THAT(again.provenance, HasSubstr(R"("verb":"train")"));
}

TEST_F(Export, SparseAndFoldedFilesGiveTheSameAnswers) {
  workspace->run_json({"prune", "--model", file("run/model.bin"), "--method", "magnitude",
                       "--sparsity", "0.9", "--data", workspace->data(), "--out",
                       file("tenth.bin")});
  const std::int64_t dense = exported("tenth.bin", "dense.onnx")["file_bytes"];
  EXPECT_LT(exported("tenth.bin", "sparse.onnx", {"--sparse", "--fold"})["file_bytes"], dense / 2);
  EXPECT_EQ(eval("sparse.onnx")["confusion"], eval("tenth.bin")["confusion"]);
}

TEST_F(Export, WeightsAloneGoBackIntoTheirNetwork) {
  const auto import = [](const std::string& net, const std::string& out) {
    return workspace->run_json(
        {"import", "--model", file("w.safetensors"), "--net", net, "--out", file(out)});
  };
  EXPECT_EQ(exported("run/model.bin", "w.safetensors")["format"], "safetensors");
  import(file("run/pruned.bin"), "by-model.bin");
  EXPECT_EQ(read_model(file("by-model.bin")).parameters,
            read_model(file("run/model.bin")).parameters);
  EXPECT_EQ(eval("by-model.bin")["confusion"], eval("run/model.bin")["confusion"]);
  import("khanal2018", "by-name.bin");
  exported("run/model.bin", "net.onnx");
  import(file("net.onnx"), "by-onnx.bin");
  EXPECT_EQ(read_model(file("by-onnx.bin")).preprocess,
            read_model(file("run/model.bin")).preprocess);
}

TEST_F(Export, WeightsOfAnotherNetworkAreRefused) {
  exported("run/model.bin", "other.safetensors");
  const auto import = [](const std::vector<std::string>& more, int status) {
    std::vector<std::string> words{"import", "--model", file("other.safetensors"), "--out",
                                   file("no.bin")};
    words.insert(words.end(), more.begin(), more.end());
    const test::ProcessResult result = workspace->run(words);
    EXPECT_EQ(result.status, status) << result.err;
    EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
    return result.err;
  };
  EXPECT_THAT(import({"--net", "lenet-5"}, 3), HasSubstr("expected conv1.weight (20x1x5x5)"));
  EXPECT_THAT(import({}, 2), HasSubstr("--net: expected the network that the weights are of"));
  EXPECT_THAT(import({"--net", "nothing"}, 3), HasSubstr("nothing"));
}

TEST_F(Export, TheFormatIsNamedOrFollowsFromTheFile) {
  const std::string model = file("run/model.bin");
  EXPECT_EQ(exported("run/model.bin", "named", {"--format", "onnx"})["format"], "onnx");
  EXPECT_THAT(refused({"--model", model, "--out", file("x.bin")}, 2),
              HasSubstr("expected .onnx or .safetensors, or --format"));
  EXPECT_THAT(refused({"--model", model, "--out", file("x.onnx"), "--format", "pt"}, 2),
              HasSubstr("unknown format 'pt'"));
  EXPECT_THAT(refused({"--model", model, "--out", file("x.safetensors"), "--sparse"}, 2),
              HasSubstr("--sparse: expected ONNX"));
}

TEST_F(Export, ReplacesNothingUntold) {
  exported("run/model.bin", "there.onnx");
  EXPECT_THAT(refused({"--model", file("run/model.bin"), "--out", file("there.onnx")}, 2),
              HasSubstr("there already"));
  exported("run/pruned.bin", "there.onnx", {"--overwrite"});
  EXPECT_THAT(refused({"--model", file("missing.bin"), "--out", file("y.onnx")}, 3),
              HasSubstr("missing.bin"));
  EXPECT_FALSE(std::filesystem::exists(file("y.onnx")));
}

}  // namespace
}  // namespace karnin
