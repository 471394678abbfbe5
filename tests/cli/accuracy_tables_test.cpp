// scripts/accuracy on a few images: every table has its rows, and nothing is trained twice.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <sstream>
#include <thread>

#include "tests/cli/workspace.h"

namespace karnin {
namespace {

using Words = std::vector<std::string>;

class AccuracyTables : public test::WorkspaceTest {
 protected:
  static Words command(const Words& table) {
    Words words{KARNIN_ACCURACY, table.front()};
    words.insert(words.end(),
                 {"--data", workspace->data(), "--seeds", "1,2", "--epochs", "1", "--out",
                  workspace->path("tables").string(), "--binary", workspace->command({}).front()});
    words.insert(words.end(), table.begin() + 1, table.end());
    return words;
  }

  static test::ProcessResult run(const Words& table) {
    return test::Process(command(table), workspace->options()).wait();
  }

  /// First cells of the Markdown tables that it prints; it must succeed.
  static Words rows(const Words& table) {
    const test::ProcessResult result = run(table);
    EXPECT_EQ(result.status, 0) << result.err;
    Words cells;
    std::istringstream lines(result.out);
    for (std::string line; std::getline(lines, line);)
      if (line.starts_with("| ")) cells.push_back(line.substr(2, line.find(" |", 2) - 2));
    return cells;
  }
};

TEST_F(AccuracyTables, PrunedNetworksStandBelowDenseOnes) {
  const Words expected{"", "dense", "removed", "50 %", "90 %"};
  const Words table{"pruned", "--sparsity", "0.5,0.9", "--prune-epochs", "2"};
  EXPECT_EQ(rows(table), expected);
  const test::ProcessResult again = run(table);
  EXPECT_EQ(again.err, "") << "nothing is trained twice";
  std::vector<double> accuracies;
  for (const std::string seed : {"1", "2"}) {
    const auto bytes = test::bytes_of(workspace->path("tables/fc-0.9-" + seed + "/report.json"));
    const auto told = nlohmann::json::parse(bytes)["told"];
    accuracies.push_back(100 * told["pruned"]["accuracy"].get<double>());
  }
  EXPECT_THAT(again.out, testing::HasSubstr(fmt::format("| 90 % | {:.2f} ({:.2f}, {:.2f}) |",
                                                        (accuracies[0] + accuracies[1]) / 2,
                                                        accuracies[0], accuracies[1])));
}

TEST_F(AccuracyTables, ATableOfOtherOptionsIsNotMixedIn) {
  EXPECT_EQ(run({"dense"}).status, 0);
  const test::ProcessResult other = run({"dense", "--epochs", "2"});
  EXPECT_EQ(other.status, 1);
  EXPECT_THAT(other.err, testing::HasSubstr("dense-1 is of another run"));
  EXPECT_EQ(other.out, "");
}

TEST_F(AccuracyTables, EveryScoreIsSweptTwice) {
  const Words cells = rows({"methods"});
  EXPECT_EQ(cells.size(), 2 * (1 + 13U));
  EXPECT_EQ(std::ranges::count(cells, "karnin"), 2);
  EXPECT_TRUE(std::filesystem::exists(workspace->path("tables/one-shot/sweep.png")));
  EXPECT_TRUE(std::filesystem::exists(workspace->path("tables/tuned/sweep.png")));
}

TEST_F(AccuracyTables, WithoutTrainingMethodsStandBelowEachOther) {
  const Words table{"surgeon", "--sparsity", "0.5,0.9", "--images", "50"};
  const Words expected{
      "",   "magnitude", "magnitude, the rest fitted", "obd", "obs, the same share of each layer",
      "obs"};
  EXPECT_EQ(rows(table), expected);
  Words of_one = table;
  const std::filesystem::path model = workspace->path("tables/dense-1/model.bin");
  of_one.insert(of_one.end(), {"--model", model.string()});
  EXPECT_EQ(rows(of_one), expected);
}

TEST_F(AccuracyTables, TheRecipeIsTakenApart) {
  const Words cells = rows({"ablation"});
  EXPECT_EQ(std::ranges::count(cells, "the recipe"), 2);
  EXPECT_EQ(cells.size(), 2 + 8 + 9U);
}

TEST_F(AccuracyTables, TheSearchIsComparedForEverySeed) {
  const Words expected{"seed", "1", "2"};
  EXPECT_EQ(rows({"stop", "--drop", "2"}), expected);
}

/// Of the script alone: a terminal would tell its children too.
TEST_F(AccuracyTables, WhatIsInterruptedGoesOn) {
  const Words table{"methods", "--out", workspace->path("stopped").string(), "--epochs", "20",
                    "--seeds", "1"};
  for (const int signal : {SIGTERM, SIGINT}) {
    test::Process process(command(table), workspace->options());
    const std::filesystem::path first = signal == SIGTERM
                                            ? workspace->path("stopped/dense-1/checkpoint.bin")
                                            : workspace->path("stopped/tuned/sweep.csv");
    for (int i = 0; i < 6000 && !std::filesystem::exists(first); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    ASSERT_TRUE(std::filesystem::exists(first));
    process.send(signal);
    const test::ProcessResult result = process.wait();
    EXPECT_EQ(result.status, 130) << result.err;
    EXPECT_THAT(result.err, testing::Not(testing::HasSubstr("Traceback")));
    // A child that went on would keep its directory.
    test::Process lock({"/bin/sh", "-c",
                        "for d in " + workspace->path("stopped").string() +
                            "/*/; do flock -n \"$d\" true || exit 1; done"});
    EXPECT_EQ(lock.wait().status, 0);
  }
  EXPECT_EQ(rows(table).size(), 2 * (1 + 13U));
}

/// Nobody is left to stop them: they save what there is, and end.
TEST_F(AccuracyTables, ChildrenEndWithAScriptThatIsKilled) {
  const std::string training = workspace->path("killed/dense-1").string();
  test::Process process(command({"dense", "--out", workspace->path("killed").string(), "--epochs",
                                 "100000", "--seeds", "1"}),
                        workspace->options());
  for (int i = 0; i < 6000 && !std::filesystem::exists(training + "/checkpoint.bin"); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  process.send(SIGKILL);
  EXPECT_EQ(process.wait().status, -SIGKILL);
  EXPECT_EQ(test::Process({"/usr/bin/flock", "-w", "20", training, "true"}).wait().status, 0);
  EXPECT_TRUE(std::filesystem::exists(training + "/arguments.json")) << "it saved what there was";
}

TEST_F(AccuracyTables, AFailedTrainingIsTold) {
  const test::ProcessResult bad = run({"pruned", "--layers", "fc9", "--sparsity", "0.7"});
  EXPECT_EQ(bad.status, 1);
  EXPECT_THAT(bad.err, testing::HasSubstr("fc9"));
  for (const Words& wrong :
       {Words{"dense", "--binary", "/nowhere"}, Words{"dense", "--out", "/dev/full"}}) {
    const test::ProcessResult failed = run(wrong);
    EXPECT_EQ(failed.status, 1);
    EXPECT_THAT(failed.err, testing::StartsWith("scripts/accuracy: "));
  }
  EXPECT_EQ(run({"dense", "--seeds", "1,1"}).status, 2);
  EXPECT_EQ(run({"dense", "--seeds", ""}).status, 2);
}

TEST_F(AccuracyTables, NumbersAreThoseOfTheProgram) {
  for (const Words& wrong :
       {Words{"dense", "--epochs", "1_0"}, Words{"dense", "--epochs", " 5 "},
        Words{"dense", "--seeds", "1,-1"}, Words{"pruned", "--sparsity", "0.5,nan"},
        Words{"ablation", "--sparsity", "1.5"}, Words{"stop", "--drop", "inf"}}) {
    const test::ProcessResult refused = run(wrong);
    EXPECT_EQ(refused.status, 2) << refused.err;
    EXPECT_THAT(refused.err, testing::HasSubstr("argument " + wrong[1] + ": expected a "));
  }
}

}  // namespace
}  // namespace karnin
