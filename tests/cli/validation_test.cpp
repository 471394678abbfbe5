// Images held out of training, the epoch that they call the best, and the curves of a run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>

#include "formats/model/model_file.h"
#include "tests/cli/workspace.h"

namespace karnin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Words = std::vector<std::string>;

class Validation : public testing::Test {
 protected:
  Words training(const std::string& out, const Words& more) const {
    Words words{"train",
                "--data",
                workspace.data(),
                "--epochs",
                "40",
                "--batch",
                "16",
                "--lr",
                "0.05",
                "--out",
                workspace.path(out).string()};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  std::string text_of(const std::string& name) const {
    const auto bytes = test::bytes_of(workspace.path(name));
    return {bytes.begin(), bytes.end()};
  }

  const test::Workspace workspace;
};

TEST_F(Validation, StopsEarlyAndSavesTheBestEpoch) {
  const Words words = training("run", {"--validation", "0.2", "--early-stop", "3"});
  const auto report = workspace.run_json(words);
  const auto epochs = report["epochs"];
  ASSERT_LT(epochs.size(), 40U) << "squares are learnt in far fewer";
  const auto accuracy = [&](std::size_t i) {
    return epochs[i]["validation_accuracy"].get<double>();
  };
  std::size_t best = 0;
  for (std::size_t i = 1; i < epochs.size(); ++i)
    if (accuracy(i) > accuracy(best)) best = i;
  EXPECT_EQ(report["best_epoch"], best + 1);
  EXPECT_EQ(epochs.size(), best + 1 + 3);
  EXPECT_THAT(test::files_in(workspace.path("run")),
              ElementsAre("arguments.json", "model.bin", "pruned.bin", "train.csv"));
  EXPECT_THAT(text_of("run/train.csv"),
              testing::StartsWith("epoch,loss,accuracy,learning_rate,validation_accuracy\n"));

  // The weights are those of a run that ends there.
  const std::string end = std::to_string(best + 1);
  workspace.run_json(training("short", {"--validation", "0.2", "--epochs", end}));
  Model expected = read_model(workspace.path("short/model.bin"));
  Model got = read_model(workspace.path("run/model.bin"));
  EXPECT_EQ(nlohmann::json::parse(got.provenance)["history"][0]["best_epoch"], best + 1);
  got.provenance = expected.provenance = "";
  EXPECT_TRUE(got == expected);
}

TEST_F(Validation, AResumedRunKeepsItsBestEpoch) {
  const Words more{"--validation", "0.2", "--early-stop", "3"};
  workspace.run_json(training("straight", more));
  Words words = training("again", more);
  test::Process process(workspace.command(words), workspace.options());
  ASSERT_TRUE(process.wait_for_stderr("epoch 4/40: loss"));
  process.send(SIGKILL);
  process.wait();
  words.emplace_back("--resume");
  workspace.run_json(words);
  for (const char* name : {"model.bin", "pruned.bin", "train.csv"})
    EXPECT_EQ(test::bytes_of(workspace.path("again") / name),
              test::bytes_of(workspace.path("straight") / name))
        << name;
}

TEST_F(Validation, OfAnotherShareIsAnotherRun) {
  const Words words = training("run", {"--validation", "0.2"});
  test::Process process(workspace.command(words), workspace.options());
  ASSERT_TRUE(process.wait_for_stderr("epoch 1/40: loss"));
  process.send(SIGINT);
  EXPECT_EQ(process.wait().status, 130);
  const auto result = workspace.run(training("run", {"--validation", "0.3", "--resume"}));
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("validation was 0.2, is 0.3"));
}

TEST_F(Validation, RefusesWhatMakesNoSense) {
  for (const Words& more :
       {Words{"--early-stop", "3"}, Words{"--validation", "1"}, Words{"--validation", "-0.5"},
        Words{"--validation", "0.1", "--early-stop", "0"}}) {
    const auto result = workspace.run(training("none", more));
    EXPECT_EQ(result.status, 2) << result.err;
    EXPECT_FALSE(std::filesystem::exists(workspace.path("none")));
  }
}

TEST_F(Validation, CurvesAreLeftForTensorBoard) {
  workspace.run_json(training("run", {"--validation", "0.2", "--epochs", "2", "--tensorboard",
                                      workspace.path("curves").string()}));
  const auto files = test::files_in(workspace.path("curves"));
  ASSERT_EQ(files.size(), 1U);
  EXPECT_THAT(files[0], testing::StartsWith("events.out.tfevents."));
  const std::string events = text_of("curves/" + files[0]);
  for (const char* tag : {"step/loss", "epoch/accuracy", "epoch/validation_accuracy"})
    EXPECT_THAT(events, HasSubstr(tag));
}

// With one step an epoch every interruption comes after an epoch's last step: what goes on has
// nothing left of that epoch but its end.
TEST_F(Validation, AResumedRunLeavesAPointForEveryEpoch) {
  const std::string curves = workspace.path("curves").string();
  Words words = training(
      "run", {"--validation", "0.2", "--epochs", "20", "--batch", "480", "--tensorboard", curves});
  test::Process process(workspace.command(words), workspace.options());
  ASSERT_TRUE(process.wait_for_stderr("epoch 2/20: loss"));
  process.send(SIGINT);
  ASSERT_EQ(process.wait().status, 130);
  words.emplace_back("--resume");
  workspace.run_json(words);
  std::string events;
  const auto files = test::files_in(curves);
  EXPECT_EQ(files.size(), 2U);
  for (const std::string& file : files) events += text_of("curves/" + file);
  for (const std::string tag : {"epoch/loss", "epoch/validation_accuracy"}) {
    int points = 0;
    for (auto at = events.find(tag); at != std::string::npos; at = events.find(tag, at + 1))
      ++points;
    EXPECT_EQ(points, 20) << tag;
  }
}

}  // namespace
}  // namespace karnin
