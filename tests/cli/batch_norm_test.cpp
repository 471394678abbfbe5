// Networks with batch norm as train and prune take them: a small residual one, from a file.
#include <gmock/gmock.h>

#include <csignal>
#include <fstream>

#include "formats/model/model_file.h"
#include "tests/cli/resumable_run.h"

namespace karnin {
namespace {

using testing::HasSubstr;

class TrainBatchNorm : public test::ResumableRun {
 protected:
  static void SetUpTestSuite() {
    WorkspaceTest::SetUpTestSuite();
    std::ofstream(file("residual.json"))
        << R"({"name": "residual", "input": [3, 32, 32], "layers": [
      {"name": "conv1", "type": "conv2d", "oc": 8, "kernel": [3, 3], "stride": [2, 2], "padding": [1, 1]},
      {"name": "norm1", "type": "batch_norm", "epsilon": 1e-5},
      {"name": "stem", "type": "relu"},
      {"name": "conv2", "type": "conv2d", "oc": 8, "kernel": [3, 3], "padding": [1, 1], "groups": 8},
      {"name": "norm2", "type": "batch_norm", "epsilon": 1e-5},
      {"name": "relu2", "type": "relu"},
      {"name": "conv3", "type": "conv2d", "oc": 8, "kernel": [1, 1]},
      {"name": "norm3", "type": "batch_norm", "epsilon": 1e-5},
      {"name": "sum", "type": "add", "inputs": ["norm3", "stem"]},
      {"name": "relu3", "type": "relu"},
      {"name": "pool", "type": "avg_pool2d", "kernel": [2, 2]},
      {"name": "fc1", "type": "fully_connected", "oc": 24},
      {"name": "norm4", "type": "batch_norm", "epsilon": 1e-5},
      {"name": "relu4", "type": "relu"},
      {"name": "fc2", "type": "fully_connected", "oc": 10}]})";
  }

  /// Three ghost batches a step, or two and a smaller one.
  static Words residual(const std::string& out, const Words& more = {}) {
    Words words = training(out, {"--arch", file("residual.json"), "--batch", "96"});
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  static void expect_same_files(const std::string& out, const std::string& expected) {
    for (const std::string name : {"/model.bin", "/pruned.bin", "/train.csv"})
      EXPECT_EQ(test::bytes_of(file(out + name)), test::bytes_of(file(expected + name))) << name;
  }

  /// All means and variances, one after the other.
  static std::vector<float> statistics(const std::string& model) {
    const Model read = read_model(file(model));
    const std::vector<ParameterSpec> specs = parameter_specs(read.graph);
    std::vector<float> all;
    for (std::size_t p = 0; p < specs.size(); ++p)
      if (is_statistic(specs[p].role))
        all.insert(all.end(), read.parameters[p].value.span().begin(),
                   read.parameters[p].value.span().end());
    return all;
  }

  static double accuracy(const std::string& model) {
    return workspace->run_json(
        {"eval", "--model", file(model), "--data", workspace->data()})["accuracy"];
  }

  static void expect_refusal(const Words& words, const std::string& text) {
    const test::ProcessResult result = workspace->run(words);
    EXPECT_EQ(result.status, 2) << result.err;
    EXPECT_THAT(result.err, HasSubstr(text));
  }
};

TEST_F(TrainBatchNorm, LearnsFromScratch) {
  const nlohmann::json trained = workspace->train(
      "learns", {"--arch", file("residual.json"), "--batch", "32", "--lr", "0.05"});
  EXPECT_LT(trained["epochs"][3]["loss"], 0.5 * trained["epochs"][0]["loss"].get<double>());
  EXPECT_GT(trained["model"]["accuracy"], 0.9);  // by running statistics; of 0.1 by chance
  EXPECT_EQ(accuracy("learns/model.bin"), trained["model"]["accuracy"]);
}

TEST_F(TrainBatchNorm, ThreadsDoNotChangeAByte) {
  finish(residual("threads-1", {"--threads", "1"}));
  for (const std::string threads : {"2", "3", "8"}) {
    finish(residual("threads-" + threads, {"--threads", threads}));
    expect_same_files("threads-" + threads, "threads-1");
  }
}

TEST_F(TrainBatchNorm, ResumesToTheSameBytes) {
  const Words more{"--average", "0.9", "--sparsity", "0.5", "--validation", "0.1"};
  finish(residual("straight", more));
  interrupt(residual("resumed", more), "epoch 2/6: loss", SIGINT);
  Words again = residual("resumed", more);
  again.insert(again.end(), {"--resume", "--threads", "3"});
  EXPECT_THAT(finish(again).err, HasSubstr("resuming in epoch "));
  expect_same_files("resumed", "straight");
}

TEST_F(TrainBatchNorm, StatisticsOfAModelGoOnOrStay) {
  finish(residual("first"));
  const auto on = [](const std::string& out, const Words& more) {
    Words words = training(out, {"--model", file("first/model.bin"), "--epochs", "1"});
    words.insert(words.end(), more.begin(), more.end());
    finish(words);
  };
  on("on", {});
  on("frozen", {"--freeze-batch-norm"});
  const std::vector<float> first = statistics("first/model.bin");
  EXPECT_NE(statistics("on/model.bin"), first);
  EXPECT_EQ(statistics("frozen/model.bin"), first);
  const auto arguments = [](const std::string& out) {
    return nlohmann::json::parse(test::bytes_of(file(out + "/arguments.json")));
  };
  EXPECT_FALSE(arguments("on").contains("freeze_batch_norm"));
  EXPECT_EQ(arguments("frozen")["freeze_batch_norm"], true);
}

TEST_F(TrainBatchNorm, FineTuningAfterPruningMeasuresOn) {
  finish(residual("whole"));
  const auto prune = [](const std::string& out, const Words& more) {
    Words words{"prune",           "--model",  file("whole/model.bin"),
                "--sparsity",      "0.9",      "--layers",
                "conv3,fc1",       "--shrink", "--data",
                workspace->data(), "--out",    file(out)};
    words.insert(words.end(), more.begin(), more.end());
    return workspace->run_json(words);
  };
  const Words tuned{"--fine-tune", "3", "--batch", "64", "--lr", "0.02"};
  const nlohmann::json report = prune("tuned.bin", tuned);
  EXPECT_GT(report["accuracy"], 0.9);
  EXPECT_EQ(accuracy("tuned.bin"), report["accuracy"]);
  EXPECT_NE(statistics("tuned.bin"), statistics("whole/model.bin"));
  prune("pruned.bin", {});
  EXPECT_EQ(statistics("pruned.bin"), statistics("whole/model.bin"));
}

TEST_F(TrainBatchNorm, RefusesWhatHasNoStatistics) {
  expect_refusal(residual("no", {"--freeze-batch-norm"}), "--freeze-batch-norm requires --model");
  finish(training("plain", {"--epochs", "1"}));
  expect_refusal(training("no", {"--model", file("plain/model.bin"), "--freeze-batch-norm"}),
                 "expected a network with batch norm, got khanal2018");
  expect_refusal(residual("no", {"--batch", "1"}), "layer 'norm4': expected two numbers a channel");
}

}  // namespace
}  // namespace karnin
