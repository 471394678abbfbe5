// Checkpoints that a run is not taken up from, and what is said of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <limits>

#include "formats/model/checkpoint_file.h"
#include "tests/cli/resumable_run.h"

namespace karnin {
namespace {

using testing::HasSubstr;

/// An interrupted run for all tests, which leave its checkpoint as it was.
class Refusal : public test::ResumableRun {
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
