// A file that comes to be while a run works: nobody told the run to replace it, and hours of work
// are worth another name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>

#include "formats/model/checkpoint_file.h"
#include "formats/model/model_file.h"
#include "tests/cli/workspace.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;
using test::kOutput;
using testing::ElementsAre;
using testing::HasSubstr;
using Words = std::vector<std::string>;

/// A trained model for all tests, which only read it.
class LateFile : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    workspace = std::make_unique<test::Workspace>();
    workspace->train("run", {"--epochs", "1"});
  }
  static void TearDownTestSuite() { workspace.reset(); }

  static std::string file(const std::string& name) { return workspace->path(name).string(); }
  static std::string text_of(const std::string& name) {
    const std::vector<std::uint8_t> bytes = test::bytes_of(file(name));
    return {bytes.begin(), bytes.end()};
  }
  static void put(const std::string& name) { std::ofstream(file(name)) << "mine"; }

  static Words pruning(const std::string& out, const Words& more = {}) {
    Words words{"prune",  "--model",         file("run/model.bin"),
                "--data", workspace->data(), "--fine-tune",
                "3",      "--out",           file(out)};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  static Words training(const std::string& out, const Words& more = {}) {
    Words words{"train", "--data", workspace->data(), "--epochs", "3", "--out", file(out)};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  /// Puts a file there once the run has said the text.
  static test::ProcessResult run(const Words& words, const std::string& text,
                                 const std::string& late) {
    test::Process process(workspace->command(words), workspace->options());
    EXPECT_TRUE(process.wait_for_stderr(text));
    put(late);
    return process.wait();
  }
  static void expect_beside(const test::ProcessResult& result, const std::string& late,
                            const std::string& saved) {
    EXPECT_EQ(result.status, kOutput) << result.err;
    EXPECT_THAT(result.err, HasSubstr("'" + file(late) + "' has come to be there meanwhile"));
    EXPECT_THAT(result.err, HasSubstr("saved as '" + file(saved) + "'"));
    EXPECT_EQ(text_of(late), "mine");
  }

  static std::unique_ptr<test::Workspace> workspace;
};

std::unique_ptr<test::Workspace> LateFile::workspace;

TEST_F(LateFile, StaysWherePruneWasToWrite) {
  const test::ProcessResult result = run(pruning("p.bin", {"--json"}), "fine-tuning", "p.bin");
  expect_beside(result, "p.bin", "p-2.bin");
  EXPECT_EQ(nlohmann::json::parse(result.out)["file"], file("p-2.bin"));
  EXPECT_NO_THROW(read_model(file("p-2.bin")));
}

TEST_F(LateFile, IsReplacedByThoseWhoAreTold) {
  EXPECT_EQ(run(pruning("told.bin", {"--overwrite"}), "fine-tuning", "told.bin").status, 0);
  EXPECT_NO_THROW(read_model(file("told.bin")));
}

TEST_F(LateFile, OfTwoPrunesWithOneNameBothAreLeft) {
  test::Process first(workspace->command(pruning("two.bin")), workspace->options());
  test::Process second(workspace->command(pruning("two.bin", {"--fine-tune", "2"})),
                       workspace->options());
  ASSERT_TRUE(first.wait_for_stderr("fine-tuning"));
  ASSERT_TRUE(second.wait_for_stderr("fine-tuning"));
  const int one = first.wait().status, other = second.wait().status;
  EXPECT_THAT((Words{std::to_string(one), std::to_string(other)}),
              testing::UnorderedElementsAre("0", "5"));
  EXPECT_NE(test::bytes_of(file("two.bin")), test::bytes_of(file("two-2.bin")));
  for (const char* name : {"two.bin", "two-2.bin"}) EXPECT_NO_THROW(read_model(file(name)));
}

TEST_F(LateFile, InAnEmptyOneIsSeenToo) {
  std::ofstream(file("empty.bin")).close();
  expect_beside(run(pruning("empty.bin"), "fine-tuning", "empty.bin"), "empty.bin", "empty-2.bin");
}

TEST_F(LateFile, TakesNoNameThatIsTaken) {
  put("third-2.bin");
  expect_beside(run(pruning("third.bin"), "fine-tuning", "third.bin"), "third.bin", "third-3.bin");
  EXPECT_EQ(text_of("third-2.bin"), "mine");
}

TEST_F(LateFile, StaysWhereTrainWasToWrite) {
  for (const std::string name : {"model.bin", "train.csv"}) {
    fs::remove_all(file("late"));
    const std::string other = name == "model.bin" ? "model-2.bin" : "train-2.csv";
    expect_beside(run(training("late"), "training ", "late/" + name), "late/" + name,
                  "late/" + other);
    EXPECT_THAT(test::files_in(file("late")), testing::SizeIs(5));
    EXPECT_THAT(test::files_in(file("late")), testing::Contains(other));
  }
}

TEST_F(LateFile, StaysWhereTrainWasToSaveACheckpoint) {
  const Words words = training("stopped", {"--epochs", "100000"});
  test::Process process(workspace->command(words), workspace->options());
  ASSERT_TRUE(process.wait_for_stderr("training "));
  put("stopped/checkpoint.bin");
  ASSERT_TRUE(process.wait_for_stderr("epoch 3/100000"));
  process.send(SIGINT);
  const test::ProcessResult result = process.wait();
  EXPECT_EQ(result.status, 130) << result.err;
  EXPECT_EQ(text_of("stopped/checkpoint.bin"), "mine");
  EXPECT_NO_THROW(read_checkpoint(file("stopped/checkpoint-2.bin")));
  EXPECT_FALSE(fs::exists(file("stopped/checkpoint-3.bin"))) << "it rewrites its own";
}

/// Then all that the run leaves has its own name.
TEST_F(LateFile, StaysWhereACheckpointWasRemovedAgain) {
  const test::ProcessResult result = run(training("end"), "training ", "end/checkpoint.bin");
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("checkpoint-2.bin"));
  EXPECT_EQ(text_of("end/checkpoint.bin"), "mine");
  EXPECT_THAT(test::files_in(file("end")), ElementsAre("arguments.json", "checkpoint.bin",
                                                       "model.bin", "pruned.bin", "train.csv"));
}

TEST_F(LateFile, StaysWhereNoCheckpointWasSaved) {
  const test::ProcessResult result =
      run(training("n", {"--checkpoint-every", "0"}), "training ", "n/checkpoint.bin");
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(text_of("n/checkpoint.bin"), "mine");
}

TEST_F(LateFile, StaysWhereSweepWasToWrite) {
  const auto sweep = [](const std::string& out) {
    return Words{"sweep",
                 "--model",
                 file("run/model.bin"),
                 "--data",
                 workspace->data(),
                 "--methods",
                 "magnitude",
                 "--sparsities",
                 "0.5,0.8",
                 "--fine-tune",
                 "2",
                 "--resume",
                 "--json",
                 "--out",
                 file(out)};
  };
  const test::ProcessResult result =
      run(sweep("swept"), "starting at the beginning", "swept/sweep.csv");
  expect_beside(result, "swept/sweep.csv", "swept/sweep-2.csv");
  EXPECT_EQ(nlohmann::json::parse(result.out)["file"], file("swept/sweep-2.csv"));
  ASSERT_EQ(workspace->run(sweep("alone")).status, 0);
  EXPECT_EQ(text_of("swept/sweep-2.csv"), text_of("alone/sweep.csv"));
}

}  // namespace
}  // namespace karnin
