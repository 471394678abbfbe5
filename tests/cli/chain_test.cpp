// The way of a user: train, prune, eval, inspect, verify; each reads what the one before wrote. All
// of it in one file, though long, because one training serves every test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "formats/model/model_file.h"
#include "tests/cli/workspace.h"

namespace karnin {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

constexpr std::int64_t kFc1 = 400 * 120;
constexpr std::int64_t kFc2 = 120 * 84;
constexpr std::int64_t kParameters = 63910;

std::vector<std::string> keys(const Json& object) {
  std::vector<std::string> names;
  for (const auto& item : object.items()) names.push_back(item.key());
  return names;
}

/// One training for all tests, which only read it.
class Chain : public test::WorkspaceTest {
 protected:
  static void SetUpTestSuite() {
    WorkspaceTest::SetUpTestSuite();
    trained = workspace->train("run");
  }

  static Json prune(const std::string& out, const std::vector<std::string>& more) {
    std::vector<std::string> words{"prune", "--model", file("run/model.bin"),
                                   "--out", file(out), "--overwrite"};
    words.insert(words.end(), more.begin(), more.end());
    return workspace->run_json(words);
  }
  static Json eval(const std::string& model) {
    return workspace->run_json({"eval", "--model", file(model), "--data", workspace->data()});
  }

  static Json trained;
};

Json Chain::trained;

TEST_F(Chain, TrainingLeavesFourFilesAndLearns) {
  EXPECT_THAT(test::files_in(file("run")),
              ElementsAre("arguments.json", "model.bin", "pruned.bin", "train.csv"));
  EXPECT_EQ(trained["data"], "squares");
  EXPECT_EQ(trained["epochs"].size(), 4U);
  EXPECT_EQ(trained["test_images"], test::kTestImages);
  EXPECT_FALSE(trained["interrupted"]);
  EXPECT_GT(trained["model"]["accuracy"], 0.9);
  EXPECT_EQ(trained["model"]["parameters"], kParameters);
  EXPECT_EQ(trained["model"]["file_bytes"], std::filesystem::file_size(file("run/model.bin")));
  EXPECT_EQ(trained["pruned"]["nonzero"], kParameters - (kFc1 + kFc2) / 2);
}

TEST_F(Chain, TheLogHasALineAnEpoch) {
  const auto log = test::bytes_of(file("run/train.csv"));
  const std::string text(log.begin(), log.end());
  EXPECT_EQ(text.substr(0, text.find('\n')), "epoch,loss,accuracy,learning_rate");
  EXPECT_EQ(std::ranges::count(text, '\n'), 5);
  const auto arguments = Json::parse(test::bytes_of(file("run/arguments.json")));
  EXPECT_EQ(arguments["epochs"], 4);
  EXPECT_EQ(arguments["learning_rate"], 0.01);
  EXPECT_EQ(arguments["arch"], "khanal2018");
}

TEST_F(Chain, EvalReportsExactlyWhatIsPromised) {
  const Json report = eval("run/model.bin");
  EXPECT_THAT(keys(report),
              UnorderedElementsAre("accuracy", "correct", "images", "images_per_second",
                                   "per_class", "confusion", "parameters", "nonzero", "dense_bytes",
                                   "file_bytes", "layers"));
  EXPECT_EQ(report["accuracy"], trained["model"]["accuracy"]);
  EXPECT_EQ(report["images"], test::kTestImages);
  EXPECT_EQ(report["parameters"], kParameters);
  EXPECT_EQ(report["dense_bytes"], 4 * kParameters);
  EXPECT_EQ(report["file_bytes"], std::filesystem::file_size(file("run/model.bin")));
  EXPECT_GT(report["images_per_second"], 0);
  EXPECT_EQ(report["per_class"].size(), 10U);
  EXPECT_EQ(report["per_class"][0]["name"], "plane");
}

TEST_F(Chain, TheConfusionMatrixAddsUp) {
  const Json report = eval("run/model.bin");
  std::int64_t images = 0;
  std::int64_t correct = 0;
  for (std::size_t label = 0; label < 10; ++label) {
    const Json& row = report["confusion"][label];
    std::int64_t in_class = 0;
    for (const Json& count : row) in_class += count.get<std::int64_t>();
    const auto hits = row[label].get<std::int64_t>();
    EXPECT_EQ(in_class, test::kTestImages / 10);
    EXPECT_DOUBLE_EQ(report["per_class"][label]["accuracy"],
                     static_cast<double>(hits) / static_cast<double>(in_class));
    images += in_class;
    correct += hits;
  }
  EXPECT_EQ(report["images"], images);
  EXPECT_EQ(report["correct"], correct);
}

TEST_F(Chain, EvalNamesEveryLayersKernel) {
  const Json layers = eval("run/pruned.bin")["layers"];
  std::int64_t parameters = 0;
  for (const Json& layer : layers) {
    EXPECT_THAT(keys(layer),
                UnorderedElementsAre("name", "kernel", "parameters", "nonzero", "microseconds"));
    EXPECT_NE(layer["kernel"], "");
    EXPECT_GE(layer["microseconds"], 0);
    parameters += layer["parameters"].get<std::int64_t>();
  }
  EXPECT_EQ(parameters, kParameters);
}

TEST_F(Chain, TheDefaultPruningIsTheOneThatTrainMade) {
  const Json pruned = prune("default.bin", {});
  const auto half_of = [](const char* layer, int weights) {
    return Json{
        {"name", layer}, {"weights", weights}, {"removed", weights / 2}, {"pruned", weights / 2}};
  };
  EXPECT_EQ(pruned["layers"], Json::array({half_of("fc1", kFc1), half_of("fc2", kFc2)}));
  EXPECT_LT(pruned["file_bytes"], pruned["file_bytes_before"]);
  EXPECT_EQ(test::bytes_of(file("default.bin")), test::bytes_of(file("run/pruned.bin")));
}

TEST_F(Chain, EveryMethodPrunesWhatItIsAskedTo) {
  for (const char* method : {"karnin", "karnin-sgd", "karnin-epoch", "karnin-gradient-epoch",
                             "khanal-pseudocode", "magnitude", "random"}) {
    const Json pruned = prune("method.bin", {"--method", method, "--sparsity", "0.75", "--layers",
                                             "fc2", "--scope", "global"});
    ASSERT_EQ(pruned["layers"].size(), 1U) << method;
    EXPECT_EQ(pruned["layers"][0]["removed"], kFc2 * 3 / 4) << method;
  }
}

TEST_F(Chain, AThresholdIsTakenInsteadOfASparsity) {
  const Json pruned = prune("threshold.bin", {"--method", "random", "--threshold", "0.45"});
  const double share = pruned["layers"][0]["removed"].get<double>() / kFc1;
  EXPECT_NEAR(share, 0.45, 0.01);  // uniform scores: 3 standard deviations are 0.007
  prune("paper.bin", {"--method", "karnin-sgd", "--normalise", "minmax", "--sign", "keep",
                      "--threshold", "0.45"});
}

TEST_F(Chain, ASweepGivesWhatPruneAndEvalGive) {
  const Json sweep = workspace->run_json({"sweep", "--model", file("run/model.bin"), "--methods",
                                          "karnin-epoch,random", "--sparsities", "0.5,0.9",
                                          "--data", workspace->data(), "--out", file("sweep")});
  ASSERT_EQ(sweep["rows"].size(), 4U);
  const Json& row = sweep["rows"][1];
  EXPECT_EQ(row["sparsity"], 0.9);
  const Json pruned = prune("sweep.bin", {"--method", "karnin-epoch", "--sparsity", "0.9"});
  EXPECT_EQ(row["layers"], pruned["layers"]);
  EXPECT_EQ(row["accuracy"], eval("sweep.bin")["accuracy"]);
  EXPECT_EQ(sweep["file"], file("sweep/sweep.csv"));
  const auto csv = test::bytes_of(file("sweep/sweep.csv"));
  EXPECT_EQ(std::ranges::count(csv, std::uint8_t{'\n'}), 5);
}

TEST_F(Chain, SensitivitiesStayOnlyIfKept) {
  prune("bare.bin", {});
  prune("kept.bin", {"--keep-sensitivities"});
  EXPECT_TRUE(read_model(file("bare.bin")).sensitivities.empty());
  EXPECT_EQ(read_model(file("kept.bin")).sensitivities.size(), 8U);
}

TEST_F(Chain, ShrunkNetworksAnswerAlike) {
  const auto pruned = [&](const std::string& out, std::vector<std::string> more) {
    for (const char* word : {"--method", "magnitude", "--sparsity", "0.99", "--layers",
                             "fc1,fc2,fc3", "--keep-sensitivities", "--data"})
      more.emplace_back(word);
    more.push_back(workspace->data());
    return prune(out, more);
  };
  const Json wide = pruned("wide.bin", {}), narrow = pruned("narrow.bin", {"--shrink"});
  EXPECT_TRUE(wide["shrunk"].is_null());
  EXPECT_EQ(narrow["accuracy"], wide["accuracy"]);
  EXPECT_LT(narrow["file_bytes"], wide["file_bytes"]);
  const Model model = read_model(file("narrow.bin"));
  for (std::size_t i = 0; i < 4; ++i) {  // conv1, conv2, fc1, fc2
    const Json& layer = narrow["shrunk"][i];
    const std::int64_t removed = layer["constant"].get<int>() + layer["unused"].get<int>();
    EXPECT_EQ(model.parameters[2 * i].value.dims()[0], layer["units"].get<int>() - removed);
    EXPECT_GE(removed, i >= 2 ? 1 : 0) << layer;
  }
}

TEST_F(Chain, FineTuningRevivesNothing) {
  const Json pruned =
      prune("tuned.bin", {"--sparsity", "0.9", "--fine-tune", "2", "--data", workspace->data()});
  EXPECT_GT(pruned["accuracy"], 0.9);
  const Json after = workspace->run_json({"inspect", "--model", file("tuned.bin")});
  EXPECT_EQ(after["nonzero"], kParameters - (kFc1 + kFc2) * 9 / 10);
}

TEST_F(Chain, ValuesAreRoundedAsAskedFor) {
  const Json plain = prune("f32.bin", {"--values", "f32"});
  EXPECT_EQ(plain["values"], (Json{{"values", "f32"}}));
  std::int64_t bytes = plain["file_bytes"];
  for (const std::string kind : {"f16", "bf16", "int8", "codebook"}) {
    const Json rounded = prune(kind + ".bin", {"--values", kind});
    EXPECT_LT(rounded["file_bytes"], bytes) << kind;
    bytes = rounded["file_bytes"];
  }
  const Json inspected = workspace->run_json({"inspect", "--model", file("codebook.bin")});
  EXPECT_THAT(inspected["tensors"][4]["encoding"].get<std::string>(), HasSubstr("codebook of 16"));
  EXPECT_GT(inspected["tensors"][4]["entropy_bits"], 0);
}

TEST_F(Chain, TheSmallestValuesThatKeepTheAccuracyAreFound) {
  const Json careful =
      prune("careful.bin", {"--max-accuracy-drop", "0", "--data", workspace->data()});
  EXPECT_EQ(careful["values"]["held_back_images"], test::kTrainImages / 10);
  EXPECT_GE(careful["values"]["held_back_accuracy"], careful["values"]["held_back_accuracy_f32"]);
  const Json careless =
      prune("careless.bin", {"--max-accuracy-drop", "100", "--data", workspace->data()});
  EXPECT_EQ(careless["values"]["entries"], 4);
  EXPECT_LE(careless["file_bytes"], careful["file_bytes"]);
  const Json tuned = prune("trained.bin", {"--values", "codebook", "--entries", "4",
                                           "--tune-values", "2", "--data", workspace->data()});
  EXPECT_NEAR(tuned["file_bytes"].get<double>(), careless["file_bytes"].get<double>(), 400);
  EXPECT_GE(tuned["accuracy"], careless["accuracy"]);
}

TEST_F(Chain, TrainingGoesOnFromAPrunedFile) {
  const Json more = workspace->train("more", {"--model", file("run/pruned.bin"), "--seed", "2"});
  EXPECT_EQ(more["model"]["nonzero"], trained["pruned"]["nonzero"]);
  EXPECT_NE(test::bytes_of(file("more/pruned.bin")), test::bytes_of(file("run/pruned.bin")));
  const Json history =
      workspace->run_json({"inspect", "--model", file("more/model.bin")})["provenance"]["history"];
  ASSERT_EQ(history.size(), 3U);
  EXPECT_EQ(history[0]["verb"], "train");
  EXPECT_EQ(history[1]["verb"], "prune");
  EXPECT_EQ(history[2]["seed"], 2);
}

TEST_F(Chain, InspectShowsWhatTheFileHolds) {
  const Json model = workspace->run_json({"inspect", "--model", file("run/model.bin")});
  EXPECT_EQ(model["architecture"]["name"], "khanal2018");
  EXPECT_EQ(model["parameters"], kParameters);
  EXPECT_EQ(model["tensors"].size(), 10U);
  EXPECT_EQ(model["sensitivities"].size(), 8U);
  EXPECT_EQ(model["classes"].size(), 10U);
  const Json fc1 =
      workspace->run_json({"inspect", "--model", file("run/pruned.bin")})["tensors"][4];
  EXPECT_EQ(fc1["name"], "fc1.weight");
  EXPECT_EQ(fc1["dims"], (Json{120, kFc1 / 120}));
  EXPECT_EQ(fc1["nonzero"], kFc1 / 2);
  EXPECT_THAT(fc1["encoding"].get<std::string>(), HasSubstr("mask, f32"));
  const double bits = 8 * fc1["bytes"].get<double>();
  EXPECT_NEAR(bits, fc1["entropy_bits"].get<double>(), 0.01 * bits);
  const test::ProcessResult text = workspace->run({"inspect", "--model", file("run/pruned.bin")});
  for (const char* column : {"shape", "non-zero", "encoding", "bytes", "bits each", "entropy"})
    EXPECT_THAT(text.out, HasSubstr(column));
  EXPECT_THAT(text.out, HasSubstr("fc1.weight"));
  EXPECT_THAT(text.out, HasSubstr("sensitivities: none"));
  EXPECT_THAT(text.out, HasSubstr(R"(  {"verb":"train")"));
  EXPECT_THAT(text.out, HasSubstr(R"(  {"verb":"prune")"));
}

TEST_F(Chain, VerifyApproves) {
  EXPECT_TRUE(workspace->run_json({"verify", file("run/model.bin")})["sound"]);
}

TEST_F(Chain, ThreadsDoNotChangeAByte) {
  workspace->train("one", {"--threads", "1", "--augment", "flip,shift"});
  for (const char* threads : {"2", "3", "8"}) {
    workspace->train("more", {"--threads", threads, "--augment", "flip,shift", "--overwrite"});
    for (const char* name : {"model.bin", "pruned.bin", "train.csv"})
      EXPECT_EQ(test::bytes_of(workspace->path("one") / name),
                test::bytes_of(workspace->path("more") / name))
          << name << ", " << threads << " threads";
  }
}

TEST_F(Chain, AnotherSeedGivesAnotherModel) {
  workspace->train("seed", {"--seed", "2"});
  EXPECT_NE(test::bytes_of(file("seed/train.csv")), test::bytes_of(file("run/train.csv")));
}

TEST_F(Chain, AnArchitectureCanComeFromAFile) {
  const Json model = workspace->run_json({"inspect", "--model", file("run/model.bin")});
  std::ofstream(workspace->path("net.json")) << model["architecture"];
  workspace->train("json", {"--arch", file("net.json")});
  EXPECT_EQ(test::bytes_of(file("json/model.bin")), test::bytes_of(file("run/model.bin")));
}

TEST_F(Chain, ANetworkOfConvolutionsAloneIsTrainedAndPruned) {
  std::ofstream(file("conv.json")) << R"({"name": "conv", "input": [3, 32, 32], "layers": [
    {"name": "a", "type": "conv2d", "oc": 4, "kernel": [5, 5], "stride": [4, 4]},
    {"name": "r", "type": "relu"},
    {"name": "b", "type": "conv2d", "oc": 10, "kernel": [7, 7]}]})";
  const Json report = workspace->train("conv", {"--arch", file("conv.json"), "--epochs", "1"});
  EXPECT_EQ(report["pruned"]["parameters"], 4 * (75 + 1) + 10 * (196 + 1));
  EXPECT_EQ(report["pruned"]["nonzero"], 4 * 75 / 2 + 4 + 10 * 196 / 2 + 10);
}

TEST_F(Chain, AModelOfADirectoryAsksForIt) {
  const auto result = workspace->run({"eval", "--model", file("run/model.bin")});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, testing::HasSubstr("--data"));
}

}  // namespace
}  // namespace karnin
