// Training that is interrupted, killed and resumed ends in the same files, to the byte, as training
// that was left alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <limits>
#include <thread>

#include "formats/model/checkpoint_file.h"
#include "runtime/core/counter_rng.h"
#include "tests/cli/resumable_run.h"

namespace karnin {
namespace {

using test::kInterrupted;
using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

/// A straight run for all tests, which only read it.
class Resume : public test::ResumableRun {
 protected:
  static void SetUpTestSuite() {
    WorkspaceTest::SetUpTestSuite();
    finish(training("straight"));
  }

  static void expect_same_files(const std::string& out, const std::string& expected) {
    EXPECT_THAT(test::files_in(file(out)),
                ElementsAre("arguments.json", "model.bin", "pruned.bin", "train.csv"));
    for (const char* name : {"model.bin", "pruned.bin", "train.csv"})
      EXPECT_EQ(test::bytes_of(workspace->path(out) / name),
                test::bytes_of(workspace->path(expected) / name))
          << name;
  }
};

// Moments from before the first step to beyond the last; a run that ends in between is compared and
// begun again.
TEST_F(Resume, TwentyInterruptionsAtRandomMomentsDoNotChangeAByte) {
  CounterRng rng(20);
  const Words words = training("random", {"--resume", "--checkpoint-every", "7"});
  int resumed = 0;
  for (int i = 0; i < 20; ++i) {
    test::Process process(workspace->command(words), workspace->options());
    // One in four may hit the start, where there is nothing to save yet.
    if (i % 4 != 3) process.wait_for_stderr("training ");
    std::this_thread::sleep_for(std::chrono::milliseconds(rng.below(250)));
    process.send(i % 2 == 0 ? SIGINT : SIGKILL);
    const test::ProcessResult result = process.wait();
    EXPECT_THAT(result.status, AnyOf(0, kInterrupted, -SIGINT, -SIGKILL)) << result.err;
    if (result.status == 0) {
      expect_same_files("random", "straight");
      std::filesystem::remove_all(file("random"));
    }
    if (result.err.find("resuming in epoch ") != std::string::npos) ++resumed;
  }
  EXPECT_GT(resumed, 5) << "most were too early to test anything";
  finish(words);
  expect_same_files("random", "straight");
}

TEST_F(Resume, EitherSignalLeavesACheckpointAndWhatThereIs) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const std::string out = "signal-" + std::to_string(signal);
    const Words words = training(out);
    const test::ProcessResult result = interrupt(words, "epoch 2/6: loss", signal);
    EXPECT_EQ(result.status, kInterrupted) << result.err;
    EXPECT_THAT(test::files_in(file(out)), ElementsAre("arguments.json", "checkpoint.bin",
                                                       "model.bin", "pruned.bin", "train.csv"));
    EXPECT_NE(test::bytes_of(file(out + "/train.csv")), test::bytes_of(file("straight/train.csv")));
    const test::ProcessResult resumed = finish(training(out, {"--resume", "--threads", "3"}));
    EXPECT_THAT(resumed.err, HasSubstr("resuming in epoch "));
    EXPECT_THAT(resumed.err, Not(HasSubstr("epoch 2/6: loss")));
    expect_same_files(out, "straight");
  }
}

// Both are pending when the process goes on, so that the second one always comes before the end.
TEST_F(Resume, ASecondSignalEndsAtOnceAndTheLastCheckpointStays) {
  test::Process process(workspace->command(training("second")), workspace->options());
  ASSERT_TRUE(process.wait_for_stderr("epoch 2/6: loss"));
  process.send(SIGSTOP);
  process.send(SIGINT);
  process.send(SIGTERM);
  process.send(SIGCONT);
  EXPECT_THAT(process.wait().status, AnyOf(-SIGINT, -SIGTERM));
  EXPECT_THAT(test::files_in(file("second")), ElementsAre("checkpoint.bin"));
  finish(training("second", {"--resume"}));
  expect_same_files("second", "straight");
}

TEST_F(Resume, AKilledRunIsResumedFromItsLastEpoch) {
  EXPECT_EQ(interrupt(training("killed"), "epoch 3/6: loss", SIGKILL).status, -SIGKILL);
  const test::ProcessResult result = finish(training("killed", {"--resume"}));
  EXPECT_THAT(result.err, HasSubstr("resuming in epoch "));
  EXPECT_THAT(result.err, Not(HasSubstr("epoch 2/6: loss")));
  expect_same_files("killed", "straight");
}

TEST_F(Resume, TwoRunsDoNotShareADirectory) {
  test::Process first(workspace->command(training("shared")), workspace->options());
  ASSERT_TRUE(first.wait_for_stderr("epoch 1/6: loss"));
  const test::ProcessResult second = workspace->run(training("shared"));
  EXPECT_EQ(second.status, 5);
  EXPECT_THAT(second.err, HasSubstr("another run"));
  first.send(SIGKILL);
  first.wait();
  finish(training("shared", {"--resume"}));
  expect_same_files("shared", "straight");
}

TEST_F(Resume, WithoutACheckpointItStartsAtTheBeginning) {
  const Words words = training("none", {"--checkpoint-every", "0"});
  EXPECT_EQ(interrupt(words, "epoch 2/6: loss", SIGKILL).status, -SIGKILL);
  EXPECT_THAT(test::files_in(file("none")), testing::IsEmpty());
  const test::ProcessResult result = finish(training("none", {"--resume"}));
  EXPECT_THAT(result.err, HasSubstr("starting at the beginning"));
  expect_same_files("none", "straight");
}

TEST_F(Resume, ARunFromAModelCanReplaceThatModel) {
  const std::string model = file("from/model.bin");
  const auto copy = [&] {
    std::filesystem::create_directories(file("from"));
    std::filesystem::copy_file(file("straight/pruned.bin"), model,
                               std::filesystem::copy_options::overwrite_existing);
  };
  copy();
  finish(training("from", {"--model", model, "--overwrite"}));
  std::filesystem::remove_all(file("expected"));
  std::filesystem::rename(file("from"), file("expected"));
  copy();
  interrupt(training("from", {"--model", model, "--overwrite"}), "epoch 2/6: loss", SIGINT);
  ASSERT_NE(test::bytes_of(model), test::bytes_of(file("straight/pruned.bin")));
  finish(training("from", {"--model", model, "--resume"}));
  expect_same_files("from", "expected");
}

// The rate explodes after the first epoch.
TEST_F(Resume, ADivergedRunKeepsItsLastCheckpoint) {
  const std::string kept = file("diverged/checkpoint.bin");
  const test::ProcessResult result =
      workspace->run(training("diverged", {"--step-epochs", "1", "--step-factor", "1e30"}));
  EXPECT_EQ(result.status, 1);
  for (const std::string& text :
       {std::string("epoch 2, step "), kept, std::string("use a lower learning rate")})
    EXPECT_THAT(result.err, HasSubstr(text));
  // Which layer overflows first depends on how far the one large step led.
  EXPECT_THAT(result.err, testing::ContainsRegex("in the (output|weights) of (conv|fc)[1-3];"));
  EXPECT_THAT(test::files_in(file("diverged")), ElementsAre("checkpoint.bin"));
  finish(training("after", {"--model", kept, "--epochs", "1"}));
}

TEST_F(Resume, ARunThatDivergesAtOnceSaysThatThereIsNoCheckpoint) {
  const test::ProcessResult result = workspace->run(training("nothing", {"--lr", "1e30"}));
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("epoch 1, step "));
  EXPECT_THAT(result.err, HasSubstr("no checkpoint yet"));
  EXPECT_THAT(test::files_in(file("nothing")), testing::IsEmpty());
}

}  // namespace
}  // namespace karnin
