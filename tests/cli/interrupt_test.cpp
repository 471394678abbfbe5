// Ctrl-C in a long training.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "formats/model_file.h"
#include "tests/cli/workspace.h"

namespace karnin {
namespace {

std::vector<std::string> endless(const test::Workspace& workspace) {
  return workspace.command({"train", "--data", workspace.data(), "--epochs", "100000", "--out",
                            workspace.path("run").string(), "--json"});
}

TEST(Interrupt, SavesWhatThereIs) {
  const test::Workspace workspace;
  test::Process process(endless(workspace), workspace.options());
  ASSERT_TRUE(process.wait_for_stderr("epoch 2/100000"));
  process.send(SIGINT);
  const test::ProcessResult result = process.wait();
  EXPECT_EQ(result.status, 130) << result.err;
  const auto report = nlohmann::json::parse(result.out);
  EXPECT_TRUE(report["interrupted"]);
  EXPECT_TRUE(report["model"]["accuracy"].is_null());

  const Model model = read_model(workspace.path("run/model.bin"));
  EXPECT_EQ(model.parameter_count(), 63910);
  EXPECT_EQ(model.sensitivities.size(), 8U);
  const auto history = nlohmann::json::parse(model.provenance)["history"];
  EXPECT_EQ(history[0]["interrupted_in_epoch"], report["epochs"].size());
  EXPECT_THAT(test::files_in(workspace.path("run")),
              testing::ElementsAre("arguments.json", "checkpoint.bin", "model.bin", "pruned.bin",
                                   "train.csv"));
}

TEST(Interrupt, TheInterruptedFileTrainsOn) {
  const test::Workspace workspace;
  test::Process process(endless(workspace), workspace.options());
  ASSERT_TRUE(process.wait_for_stderr("epoch 1/100000"));
  process.send(SIGINT);
  ASSERT_EQ(process.wait().status, 130);
  const auto report =
      workspace.train("more", {"--model", workspace.path("run/model.bin").string()});
  EXPECT_GT(report["model"]["accuracy"], 0.9);
}

/// Prunes in vain for so long that it can be interrupted in its second epoch.
class InterruptedPrune : public testing::Test {
 protected:
  /// What --json tells.
  nlohmann::json interrupt(const std::vector<std::string>& more) const {
    workspace.train("run");
    std::vector<std::string> words{
        "prune",          "--model", workspace.path("run/model.bin").string(), "--data",
        workspace.data(), "--out",   workspace.path("pruned.bin").string(),    "--json"};
    words.insert(words.end(), more.begin(), more.end());
    test::Process process(workspace.command(words), workspace.options());
    EXPECT_TRUE(process.wait_for_stderr("epoch 1/100000"));
    process.send(SIGINT);
    const test::ProcessResult result = process.wait();
    EXPECT_EQ(result.status, 130) << result.err;
    return nlohmann::json::parse(result.out);
  }
  nlohmann::json last_of_history() const {
    return nlohmann::json::parse(read_model(workspace.path("pruned.bin")).provenance)["history"]
        .back();
  }

  const test::Workspace workspace;
};

TEST_F(InterruptedPrune, NotesHowFarCodebooksWereTrained) {
  const auto report = interrupt({"--values", "codebook", "--tune-values", "100000"});
  EXPECT_TRUE(report["interrupted"]);
  const auto entry = last_of_history();
  EXPECT_EQ(entry["verb"], "values");
  EXPECT_EQ(entry["tuning"]["epochs"], 100000);
  EXPECT_GE(entry["tuning"]["interrupted_in_epoch"], 1);
}

TEST_F(InterruptedPrune, EndsTheSearchForValues) {
  const auto report = interrupt({"--max-accuracy-drop", "100", "--tune-values", "100000"});
  EXPECT_EQ(report["values"]["values"], "f32");
  EXPECT_EQ(last_of_history()["verb"], "prune");
}

TEST_F(InterruptedPrune, DoesNotBeginToSearchForValues) {
  const auto report = interrupt({"--max-accuracy-drop", "100", "--fine-tune", "100000"});
  EXPECT_EQ(report["values"], (nlohmann::json{{"values", "f32"}}));
  EXPECT_EQ(last_of_history()["verb"], "fine-tune");
}

}  // namespace
}  // namespace karnin
