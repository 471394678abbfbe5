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
#include "tests/cli/workspace.h"

namespace karnin {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

constexpr int kInterrupted = 130;

/// A straight run for all tests, which only read it.
class Resume : public test::WorkspaceTest {
 protected:
  static void SetUpTestSuite() {
    WorkspaceTest::SetUpTestSuite();
    finish(training("straight"));
  }

  /// 6 epochs of 38 steps, with all that has a state; about a second.
  static Words training(const std::string& out, const Words& more = {}) {
    Words words{"train",      "--data",    workspace->data(),
                "--epochs",   "6",         "--batch",
                "16",         "--lr",      "0.05",
                "--schedule", "step",      "--step-epochs",
                "2",          "--augment", "flip,shift",
                "--out",      file(out)};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  static test::ProcessResult finish(const Words& words) {
    const test::ProcessResult result = workspace->run(words);
    EXPECT_EQ(result.status, 0) << result.err;
    return result;
  }

  /// Sends the signal as soon as stderr holds the text.
  static test::ProcessResult interrupt(const Words& words, const std::string& text, int signal) {
    test::Process process(workspace->command(words), workspace->options());
    EXPECT_TRUE(process.wait_for_stderr(text));
    process.send(signal);
    return process.wait();
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

/// An interrupted run for all tests, which leave its checkpoint as it was.
class Refusal : public Resume {
 protected:
  static void SetUpTestSuite() {
    WorkspaceTest::SetUpTestSuite();
    interrupt(training("run"), "epoch 1/6: loss", SIGINT);
    checkpoint = test::bytes_of(file("run/checkpoint.bin"));
  }

  static void expect_refusal(const Words& words, int status, const std::string& text) {
    const test::ProcessResult result = workspace->run(words);
    EXPECT_EQ(result.status, status) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, HasSubstr(text));
  }

  static std::vector<std::uint8_t> checkpoint;
};

std::vector<std::uint8_t> Refusal::checkpoint;

TEST_F(Refusal, OfAnotherRecipe) {
  const auto refuse = [&](const Words& more, const std::string& text) {
    Words words = training("run", {"--resume"});
    words.insert(words.end(), more.begin(), more.end());
    expect_refusal(words, 2, text);
  };
  refuse({"--batch", "32"}, "batch was 16, is 32");
  refuse({"--lr", "0.1"}, "learning_rate was 0.05, is 0.1");
  refuse({"--epochs", "7"}, "epochs was 6, is 7");
  refuse({"--seed", "2", "--nesterov"}, "nesterov was false, is true; seed was 1, is 2");
  refuse({"--schedule", "one-cycle"}, "warmup was not given, is 0.3");
  EXPECT_EQ(test::bytes_of(file("run/checkpoint.bin")), checkpoint);
}

TEST_F(Refusal, OfAnotherNetwork) {
  std::ofstream(file("net.json")) << R"({"name": "fc", "input": [3, 32, 32],
    "layers": [{"name": "a", "type": "fully_connected", "oc": 10}]})";
  expect_refusal(training("run", {"--resume", "--arch", file("net.json")}), 2,
                 "architecture_sha256 was");
}

TEST_F(Refusal, OfOtherImages) {
  const std::string batch = workspace->data() + "/data_batch_1.bin";
  const auto bytes = test::bytes_of(batch);
  auto changed = bytes;
  changed.back() ^= 1;
  const auto write = [&](const std::vector<std::uint8_t>& data) {
    std::ofstream(batch, std::ios::binary)
        .write(reinterpret_cast<const char*>(data.data()),
               static_cast<std::streamsize>(data.size()));
  };
  write(changed);
  expect_refusal(training("run", {"--resume"}), 2, "training_images_sha256 was");
  write(bytes);
}

TEST_F(Refusal, OfADamagedCheckpoint) {
  std::filesystem::create_directories(file("damaged"));
  auto damaged = checkpoint;
  damaged[damaged.size() / 2] ^= 1;
  std::ofstream(file("damaged/checkpoint.bin"), std::ios::binary)
      .write(reinterpret_cast<const char*>(damaged.data()),
             static_cast<std::streamsize>(damaged.size()));
  expect_refusal(training("damaged", {"--resume"}), 3, "checkpoint.bin, byte ");
}

TEST_F(Refusal, OfAColumnThatIsNotTheLogs) {
  for (const std::string name : {"log.loss", "log.validation_accuracy"}) {
    Checkpoint forged = read_checkpoint(file("run/checkpoint.bin"));
    const auto array = std::ranges::find(forged.arrays, name, &NumberArray::name);
    ASSERT_NE(array, forged.arrays.end());
    const auto epochs = forged.numbers<double>("log.loss").size();
    array->values = std::vector<double>(epochs + 1, 0.5);
    std::filesystem::create_directories(file("column"));
    write_checkpoint(file("column/checkpoint.bin"), forged);
    expect_refusal(training("column", {"--resume"}), 3, name);
  }
}

TEST_F(Refusal, OfNumbersThatCannotBe) {
  const Checkpoint sound = read_checkpoint(file("run/checkpoint.bin"));
  const auto expect = [&](const std::string& name, decltype(NumberArray::values) values) {
    Checkpoint forged = sound;
    const auto array = std::ranges::find(forged.arrays, name, &NumberArray::name);
    ASSERT_NE(array, forged.arrays.end()) << name;
    array->values = std::move(values);
    std::filesystem::create_directories(file("numbers"));
    write_checkpoint(file("numbers/checkpoint.bin"), forged);
    expect_refusal(training("numbers", {"--resume"}), 3, "checkpoint: ");
  };
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  expect("log.loss", std::vector<double>(sound.numbers<double>("log.loss").size(), kNan));
  expect("trainer.loss", std::vector<double>{kNan});
  expect("best.epoch", std::vector<std::uint64_t>{1000});
}

TEST_F(Refusal, OfAnIntervalThatIsNone) {
  for (const char* interval : {"", "often", "-1", "5days", "1.5"})
    expect_refusal(training("run", {std::string("--checkpoint-every=") + interval}), 2,
                   "checkpoint");
}

TEST_F(Refusal, CheckpointsAreNoModelsButHaveOne) {
  expect_refusal({"eval", "--model", file("run/checkpoint.bin")}, 3, "the checkpoint of a run");
  finish(training("onward", {"--model", file("run/checkpoint.bin"), "--lr", "0.01"}));
}

}  // namespace
}  // namespace karnin
