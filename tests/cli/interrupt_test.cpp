// Ctrl-C in a long training.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "formats/model/model_file.h"
#include "tests/cli/workspace.h"
#include "tests/support/http_server.h"

namespace karnin {
namespace {

using Words = std::vector<std::string>;

Words endless(const test::Workspace& workspace) {
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

/// Signals as they come: together, before any of them is handled.
test::ProcessResult ended_by(const test::Workspace& workspace, const std::vector<int>& signals) {
  test::Process process(endless(workspace), workspace.options());
  EXPECT_TRUE(process.wait_for_stderr("epoch 1/100000"));
  process.send(SIGSTOP);
  for (const int signal : signals) process.send(signal);
  process.send(SIGCONT);
  return process.wait();
}

TEST(Interrupt, EverySignalThatAsksForTheEndSaves) {
  for (const int signal : {SIGTERM, SIGHUP, SIGXCPU, SIGUSR1, SIGUSR2}) {
    const test::Workspace workspace;
    const test::ProcessResult result = ended_by(workspace, {signal});
    EXPECT_EQ(result.status, 130) << signal << ": " << result.err;
    EXPECT_THAT(test::files_in(workspace.path("run")),
                testing::IsSupersetOf({"checkpoint.bin", "model.bin", "pruned.bin"}));
  }
}

// A terminal that closes, and a limit that is passed, send theirs again and again.
TEST(Interrupt, OnlyASecondSigintOrSigtermIsOutOfPatience) {
  EXPECT_EQ(ended_by(test::Workspace(), {SIGTERM, SIGHUP, SIGXCPU, SIGUSR1}).status, 130);
  const test::Workspace workspace;
  test::Process process(endless(workspace), workspace.options());
  ASSERT_TRUE(process.wait_for_stderr("epoch 1/100000"));
  for (int i = 0; i < 3; ++i) process.send(SIGTERM);  // as timeout does: to it, and to its group
  EXPECT_EQ(process.wait().status, 130);
}

TEST(Interrupt, WhatWasIgnoredBeforeStaysIgnored) {
  const test::Workspace workspace;
  std::vector<std::string> command{"/bin/sh", "-c", R"(trap "" HUP INT USR1; exec "$0" "$@")"};
  const auto training = workspace.command({"train", "--data", workspace.data(), "--epochs", "4",
                                           "--out", workspace.path("run").string()});
  command.insert(command.end(), training.begin(), training.end());
  test::Process process(command, workspace.options());
  ASSERT_TRUE(process.wait_for_stderr("epoch 1/4: loss"));
  for (const int signal : {SIGHUP, SIGINT, SIGUSR1}) process.send(signal);
  const test::ProcessResult result = process.wait();
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.err, testing::HasSubstr("epoch 4/4: loss"));
}

TEST(Interrupt, ADownloadLeavesNothingBehind) {
  const test::Workspace workspace;
  const test::HttpServer server(test::http_response("200 OK", "part", 170052171),
                                test::HttpServer::Ending::stall);
  test::ProcessOptions options = workspace.options();
  options.environment["KARNIN_CIFAR10_URL"] = server.url();
  test::Process process(workspace.command({"data", "fetch", "cifar10"}), options);
  ASSERT_TRUE(process.wait_for_stderr("fetching"));
  for (int i = 0; i < 10'000 && server.requests() == 0; ++i) usleep(1000);
  process.send(SIGTERM);
  const test::ProcessResult result = process.wait();
  EXPECT_EQ(result.status, 130) << result.err;
  EXPECT_THAT(test::files_in(workspace.path("cache/karnin-cpu")), testing::IsEmpty());
}

// Of `train 2>&1 | tee log`, Ctrl-C ends tee first.
TEST(Interrupt, AReaderOfMessagesThatHasGoneCostsNothing) {
  const test::Workspace workspace;
  test::Process process(endless(workspace), workspace.options());
  ASSERT_TRUE(process.wait_for_stderr("epoch 1/100000"));
  process.hang_up_stderr();
  usleep(200'000);  // some epochs more that nobody reads of
  process.send(SIGINT);
  EXPECT_EQ(process.wait().status, 130);
  EXPECT_TRUE(std::filesystem::exists(workspace.path("run/model.bin")));
  EXPECT_TRUE(std::filesystem::exists(workspace.path("run/checkpoint.bin")));

  const std::string pruned = workspace.path("pruned.bin").string();
  test::Process pruning(
      workspace.command({"prune", "--model", workspace.path("run/model.bin").string(), "--data",
                         workspace.data(), "--fine-tune", "100000", "--out", pruned}),
      workspace.options());
  ASSERT_TRUE(pruning.wait_for_stderr("epoch 1/100000"));
  pruning.hang_up_stderr();
  pruning.hang_up_stdout();
  pruning.send(SIGINT);
  EXPECT_EQ(pruning.wait().status, 5) << "the report did not arrive";
  EXPECT_NO_THROW(read_model(pruned));
}

TEST(Interrupt, AReaderOfResultsThatHasGoneCostsNoFile) {
  const test::Workspace workspace;
  workspace.train("run");
  const std::string model = workspace.path("run/model.bin").string();
  for (const auto& [words, file] : std::vector<std::pair<Words, std::string>>{
           {{"train", "--data", workspace.data(), "--epochs", "1"}, "model.bin"},
           {{"prune", "--model", model, "--data", workspace.data()}, ""},
           {{"sweep", "--model", model, "--data", workspace.data(), "--methods", "magnitude",
             "--sparsities", "0.5"},
            "sweep.csv"}}) {
    const std::filesystem::path out = workspace.path("unread-" + words.front());
    Words all = words;
    all.insert(all.end(), {"--json", "--out", out.string()});
    test::Process process(workspace.command(all), workspace.options());
    process.hang_up_stdout();
    const test::ProcessResult result = process.wait();
    EXPECT_EQ(result.status, 5) << words.front();
    EXPECT_THAT(result.err, testing::HasSubstr("stdout could not be written: Broken pipe"));
    EXPECT_TRUE(std::filesystem::is_regular_file(file.empty() ? out : out / file)) << words.front();
  }
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
