// Pruning what is pruned: what is said of before, of now, and of what this call did.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/cli/workspace.h"

namespace karnin {
namespace {

using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

class RepeatedPruning : public test::TrainedTest {
 protected:
  static void SetUpTestSuite() {
    TrainedTest::SetUpTestSuite();
    prune("run/model.bin", "nine.bin", {"--sparsity", "0.9", "--layers", "conv1,fc1,fc2"});
  }

  static test::ProcessResult prune(const std::string& model, const std::string& out,
                                   const Words& more) {
    Words words{"prune",      "--model", file(model), "--method",
                "magnitude",  "--out",   file(out),   "--keep-sensitivities",
                "--overwrite"};
    words.insert(words.end(), more.begin(), more.end());
    const test::ProcessResult result = workspace->run(words);
    EXPECT_EQ(result.status, 0) << result.err;
    return result;
  }
};

TEST_F(RepeatedPruning, TellsWhatIsPrunedNowAndWhatWasRemoved) {
  const test::ProcessResult more = prune("nine.bin", "more.bin", {"--sparsity", "0.95"});
  EXPECT_EQ(more.err, "");
  EXPECT_THAT(more.out, HasSubstr("layer  weights  removed  pruned    share\n"
                                  "fc1     48,000    2,400  45,600  95.00 %\n"
                                  "fc2     10,080      504   9,576  95.00 %\n"
                                  "total   58,080    2,904  55,176  95.00 %\n"
                                  "conv1: 675 of 750 weights (90.00 %) were pruned before\n"));
  const auto json = nlohmann::json::parse(
      prune("nine.bin", "more.bin", {"--sparsity", "0.95", "--layers", "fc2", "--json"}).out);
  EXPECT_EQ(json["layers"][0]["removed"], 504);
  EXPECT_EQ(json["layers"][0]["pruned"], 9576);
  EXPECT_EQ(json["other_layers"][1]["name"], "fc1");
  EXPECT_EQ(json["other_layers"][1]["pruned"], 43200);
}

TEST_F(RepeatedPruning, SaysThatNothingComesBack) {
  for (const Words& more : {Words{"--sparsity", "0.5"}, Words{}, Words{"--sparsity", "0.899"}}) {
    const test::ProcessResult less = prune("nine.bin", "less.bin", more);
    EXPECT_THAT(less.out, HasSubstr("fc1     48,000        0  43,200  90.00 %\n"));
    EXPECT_THAT(less.err,
                HasSubstr("fc1: 43,200 of 48,000 weights are pruned already, more than "));
    EXPECT_THAT(less.err, HasSubstr("fc2: 9,072 of 10,080 "));
  }
  EXPECT_THAT(prune("nine.bin", "less.bin", {"--sparsity", "0.5", "--scope", "global"}).err,
              HasSubstr("fc1, fc2: 52,272 of 58,080 weights are pruned already, more than the "
                        "50.00 % asked for"));
  EXPECT_EQ(prune("nine.bin", "same.bin", {"--sparsity", "0.9"}).err, "");
}

TEST_F(RepeatedPruning, IsToldByASweepToo) {
  const Words words{"sweep",           "--model",      file("nine.bin"), "--data",
                    workspace->data(), "--sparsities", "0.5,0.95",       "--methods",
                    "magnitude",       "--out",        file("sweep")};
  const test::ProcessResult result = workspace->run(words);
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("fc1: 43,200 of 48,000 weights are pruned already, more than "
                                    "the 50.00 % asked for"));
  EXPECT_THAT(result.out, HasSubstr("magnitude       0.5        0  52,272  90.00 %"));
  EXPECT_THAT(result.out, HasSubstr("magnitude      0.95    2,904  55,176  95.00 %"));
  std::stringstream csv;
  csv << std::ifstream(file("sweep/sweep.csv")).rdbuf();
  EXPECT_THAT(csv.str(), HasSubstr(",removed,removed_fc1,removed_fc2,pruned\n"));
  EXPECT_THAT(csv.str(), HasSubstr(",2904,2400,504,55176\n"));
}

TEST_F(RepeatedPruning, IsToldByATrainingToo) {
  const auto train = [](const Words& more) {
    Words words{"train",    "--data", workspace->data(), "--model",     file("nine.bin"),
                "--epochs", "1",      "--out",           file("again"), "--overwrite"};
    words.insert(words.end(), more.begin(), more.end());
    return workspace->run(words);
  };
  const test::ProcessResult less = train({"--sparsity", "0.5"});
  EXPECT_THAT(less.err, HasSubstr("fc1: 43,200 of 48,000 weights are pruned already, more than "));
  EXPECT_THAT(less.out, HasSubstr("  pruned  non-zero  "));
  EXPECT_THAT(less.out, HasSubstr("  63,910  52,947    10,963  "));
  EXPECT_THAT(train({"--sparsity", "0.95"}).err, Not(HasSubstr("pruned already")));
}

}  // namespace
}  // namespace karnin
