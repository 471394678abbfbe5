// What --recipe sets, and what is said besides.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/cli/workspace.h"

namespace karnin {
namespace {

using Words = std::vector<std::string>;

class Recipe : public testing::Test {
 protected:
  nlohmann::json arguments(const Words& more) {
    Words words{"train",      "--data", workspace_.data(), "--out", workspace_.path("run").string(),
                "--overwrite"};
    words.insert(words.end(), more.begin(), more.end());
    workspace_.run_json(words);
    std::ifstream file(workspace_.path("run/arguments.json"));
    return nlohmann::json::parse(file);
  }

  test::Workspace workspace_;
};

TEST_F(Recipe, SetsWhatNothingElseSays) {
  const nlohmann::json best = arguments({"--recipe", "best", "--epochs", "1"});
  EXPECT_EQ(best["batch"], 64);
  EXPECT_EQ(best["schedule"], "one-cycle");
  EXPECT_EQ(best["learning_rate"], 0.03);
  EXPECT_EQ(best["weight_decay"], 0.001);
  EXPECT_EQ(best["nesterov"], true);
  EXPECT_EQ(best["flip"], true);
  EXPECT_EQ(best["shift"], 2);
  EXPECT_EQ(best["epochs"], 1);
}

TEST_F(Recipe, HasNotTheLastWordWhereverItStands) {
  for (const Words& words : {Words{"--recipe", "best", "--lr", "0.01", "--augment", "flip"},
                             Words{"--lr", "0.01", "--augment", "flip", "--recipe", "best"}}) {
    Words more{"--epochs", "1", "--sparsity", "0.5", "--method", "magnitude"};
    more.insert(more.end(), words.begin(), words.end());
    const nlohmann::json mixed = arguments(more);
    EXPECT_EQ(mixed["learning_rate"], 0.01);
    EXPECT_EQ(mixed["shift"], 0);
    EXPECT_EQ(mixed["batch"], 64);
    EXPECT_EQ(mixed["pruning"]["method"], "magnitude");
    EXPECT_EQ(mixed["pruning"]["scope"], "global");
  }
}

TEST_F(Recipe, ThePapersIsWhatTrainDoesAnyway) {
  const nlohmann::json anyway = arguments({});
  EXPECT_EQ(arguments({"--recipe", "paper"}), anyway);
}

}  // namespace
}  // namespace karnin
