// What is there already is replaced by those who were told to, and by nobody else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <map>

#include "tests/cli/workspace.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using Words = std::vector<std::string>;

Words with(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// A finished run and an interrupted one for all tests, which leave them as they were.
class Overwrite : public test::WorkspaceTest {
 protected:
  static void SetUpTestSuite() {
    WorkspaceTest::SetUpTestSuite();
    ASSERT_EQ(workspace->run(training("run")).status, 0);
    interrupt(training("stopped", {"--epochs", "100000"}));
  }

  static Words training(const std::string& out, const Words& more = {}) {
    return with({"train", "--data", workspace->data(), "--epochs", "2", "--out", file(out)}, more);
  }
  static Words pruning(const std::string& out, const Words& more = {}) {
    return with({"prune", "--model", file("run/model.bin"), "--out", file(out)}, more);
  }
  static Words sweep(const std::string& out, const Words& more = {}) {
    return with({"sweep", "--model", file("run/model.bin"), "--data", workspace->data(),
                 "--methods", "magnitude", "--sparsities", "0.5", "--out", file(out)},
                more);
  }
  static void interrupt(const Words& words) {
    test::Process process(workspace->command(words), workspace->options());
    EXPECT_TRUE(process.wait_for_stderr("epoch 2/100000"));
    process.send(SIGINT);
    EXPECT_EQ(process.wait().status, 130);
  }

  using Contents = std::map<std::string, std::vector<std::uint8_t>>;
  static Contents contents(const std::string& directory) {
    Contents all;
    for (const std::string& name : test::files_in(file(directory)))
      all[name] = test::bytes_of(workspace->path(directory) / name);
    return all;
  }
  /// A directory that holds this and nothing else.
  static void make(const std::string& directory, const std::string& name, const std::string& text) {
    fs::remove_all(file(directory));
    fs::create_directories(file(directory));
    std::ofstream(workspace->path(directory) / name) << text;
  }
  /// Names the file and the ways out, prints nothing and leaves the directory as it was.
  static void expect_refusal(const Words& words, const std::string& directory,
                             const std::string& culprit, const std::string& way = "--overwrite") {
    const Contents before = contents(directory);
    const test::ProcessResult result = workspace->run(words);
    EXPECT_EQ(result.status, 2) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, AllOf(HasSubstr(culprit), HasSubstr(way), HasSubstr("--overwrite"),
                                  HasSubstr("another --out")));
    EXPECT_EQ(contents(directory), before);
  }
};

TEST_F(Overwrite, TrainingLeavesAFinishedRunAlone) {
  expect_refusal(training("run"), "run", "model.bin");
  expect_refusal(training("run", {"--seed", "2"}), "run", "model.bin");
}

TEST_F(Overwrite, TrainingLeavesAnInterruptedRunAlone) {
  expect_refusal(training("stopped"), "stopped", "checkpoint.bin", "--resume");
}

TEST_F(Overwrite, GoingOnAndReplacingAreTwoThings) {
  for (const Words& words : {training("run"), sweep("swept")})
    EXPECT_EQ(workspace->run(with(words, {"--resume", "--overwrite"})).status, 2) << words[0];
}

TEST_F(Overwrite, NoVerbReplacesASingleOneOfItsFiles) {
  for (const char* name :
       {"model.bin", "pruned.bin", "train.csv", "arguments.json", "checkpoint.bin"}) {
    make("single", name, "mine");
    expect_refusal(training("single"), "single", name);
  }
  for (const char* name : {"sweep.csv", "sweep.json"}) {
    make("single", name, "mine");
    expect_refusal(sweep("single"), "single", name);
  }
  make("single", "sweep.png", "mine");
  expect_refusal(sweep("single", {"--plot"}), "single", "sweep.png");
  make("single", "pruned.bin", "mine");
  expect_refusal(pruning("single/pruned.bin"), "single", "pruned.bin");
  for (const char* name :
       {"report.html", "table-1.csv", "table-7.csv", "figure-1.csv", "figure-6.csv", "scores.csv",
        "sparsity.png", "dropout.png", "arguments.json"}) {
    make("single", name, "mine");
    expect_refusal({"reproduce", "--data", workspace->data(), "--out", file("single")}, "single",
                   name);
  }
}

TEST_F(Overwrite, WhatIsToldIsDone) {
  fs::copy(file("run"), file("told"));
  EXPECT_EQ(workspace->run(training("told", {"--seed", "2", "--overwrite"})).status, 0);
  EXPECT_NE(contents("told")["model.bin"], contents("run")["model.bin"]);
  EXPECT_EQ(workspace->run(pruning("told/pruned.bin", {"--overwrite"})).status, 0);
  make("told-sweep", "sweep.csv", "mine");
  EXPECT_EQ(workspace->run(sweep("told-sweep", {"--overwrite"})).status, 0);
  EXPECT_GT(contents("told-sweep")["sweep.csv"].size(), 4U);
}

TEST_F(Overwrite, AnEmptyFileHoldsNothingToLose) {
  make("empty", "pruned.bin", "");
  EXPECT_EQ(workspace->run(pruning("empty/pruned.bin")).status, 0);
  make("empty", "model.bin", "");
  EXPECT_EQ(workspace->run(training("empty", {"--epochs", "1"})).status, 0);
  make("empty", "sweep.csv", "");
  EXPECT_EQ(workspace->run(sweep("empty")).status, 0);
}

TEST_F(Overwrite, ALinkIsNoWayAround) {
  make("links", "pruned.bin", "mine");
  fs::create_symlink("pruned.bin", file("links/link.bin"));
  expect_refusal(pruning("links/link.bin"), "links", "link.bin");
}

TEST_F(Overwrite, PruningInPlaceIsSaid) {
  fs::create_directories(file("place"));
  fs::copy_file(file("run/model.bin"), file("place/model.bin"));
  const Words words{"prune",
                    "--model",
                    file("place/model.bin"),
                    "--keep-sensitivities",
                    "--out",
                    file("place/../place/model.bin")};
  expect_refusal(words, "place", "model.bin");
  EXPECT_EQ(workspace->run(with(words, {"--overwrite"})).status, 0);
}

// The tests run as root, whom modes don't stop.
TEST_F(Overwrite, ReadOnlyFilesAreReplacedByThoseWhoAreTold) {
  const auto protect = [](const std::string& name) {
    fs::permissions(file(name), fs::perms::owner_read | fs::perms::group_read);
  };
  make("kept", "pruned.bin", "");
  protect("kept/pruned.bin");
  expect_refusal(pruning("kept/pruned.bin"), "kept", "mode 0440");
  EXPECT_EQ(workspace->run(pruning("kept/pruned.bin", {"--overwrite"})).status, 0);
  EXPECT_EQ(fs::status(file("kept/pruned.bin")).permissions(),
            fs::perms::owner_read | fs::perms::group_read);

  interrupt(training("kept-run", {"--epochs", "100000"}));
  protect("kept-run/model.bin");
  expect_refusal(training("kept-run", {"--epochs", "100000", "--resume"}), "kept-run",
                 "model.bin' is there already, and read-only");
}

TEST_F(Overwrite, AFinishedRunIsNotResumed) {
  const auto before = contents("run");
  const nlohmann::json report = workspace->run_json(training("run", {"--resume"}));
  EXPECT_EQ(contents("run"), before);
  EXPECT_EQ(report["epochs"].size(), 2U);
  EXPECT_GT(report["epochs"][1]["loss"], 0);
  EXPECT_EQ(report["model"]["accuracy"],
            workspace->run_json({"eval", "--model", file("run/model.bin"), "--data",
                                 workspace->data()})["accuracy"]);
  EXPECT_THAT(workspace->run(training("run", {"--resume"})).err, HasSubstr("nothing is left"));
  expect_refusal(training("run", {"--resume", "--epochs", "3"}), "run", "epochs was 2, is 3");
}

TEST_F(Overwrite, AnInterruptedRunWithoutItsCheckpointIsNotResumed) {
  fs::copy(file("stopped"), file("lost"));
  fs::remove(file("lost/checkpoint.bin"));
  expect_refusal(training("lost", {"--epochs", "100000", "--resume"}), "lost", "model.bin");
}

TEST_F(Overwrite, AFinishedSweepIsResumedAtOnce) {
  ASSERT_EQ(workspace->run(sweep("swept")).status, 0);
  EXPECT_THAT(test::files_in(file("swept")), ElementsAre("sweep.csv", "sweep.json"));
  const auto before = contents("swept");
  expect_refusal(sweep("swept"), "swept", "sweep.json", "--resume");
  EXPECT_EQ(workspace->run(sweep("swept", {"--resume"})).status, 0);
  EXPECT_EQ(contents("swept"), before);
}

}  // namespace
}  // namespace karnin
