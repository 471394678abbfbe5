// train --loss: what is minimised, what remembers it, and whom it does not suit.
#include <gmock/gmock.h>

#include <csignal>
#include <fstream>

#include "tests/cli/resumable_run.h"

namespace karnin {
namespace {

using testing::HasSubstr;

class Loss : public test::ResumableRun {
 protected:
  /// A layer of so many units, behind which more may stand.
  static std::string network(const std::string& name, std::int64_t units,
                             const std::string& more = "") {
    std::ofstream(file(name)) << R"({"name":"net","input":[3,32,32],"layers":[)"
                              << R"({"name":"fc","type":"fully_connected","oc":)" << units << "}"
                              << more << "]}";
    return file(name);
  }

  static std::string softmax() {
    return network("softmax.json", 10, R"(,{"name":"p","type":"softmax"})");
  }

  static nlohmann::json arguments(const std::string& out) {
    std::ifstream text(file(out + "/arguments.json"));
    return nlohmann::json::parse(text);
  }

  static void expect_refusal(const Words& words, int status, const std::string& text) {
    const test::ProcessResult result = workspace->run(words);
    EXPECT_EQ(result.status, status) << result.err;
    EXPECT_THAT(result.err, HasSubstr(text));
  }
};

TEST_F(Loss, IsRememberedWhereItIsNotCrossEntropy) {
  finish(training("default", {"--epochs", "1"}));
  finish(training("named", {"--epochs", "1", "--loss", "cross-entropy"}));
  finish(training("mse", {"--epochs", "1", "--loss", "mse"}));
  EXPECT_FALSE(arguments("default").contains("loss"));
  EXPECT_EQ(arguments("mse")["loss"], "mse");
  EXPECT_EQ(test::bytes_of(file("named/model.bin")), test::bytes_of(file("default/model.bin")));
  EXPECT_NE(test::bytes_of(file("mse/model.bin")), test::bytes_of(file("default/model.bin")));
}

/// Of mse, whose rows are at most 2 / classes off where they are probabilities.
TEST_F(Loss, TakesWhatASoftmaxGives) {
  const nlohmann::json trained = workspace->train(
      "probabilities", {"--arch", softmax(), "--loss", "mse", "--lr", "0.01", "--epochs", "6"});
  for (const nlohmann::json& epoch : trained["epochs"]) EXPECT_LT(epoch["loss"], 0.2);
  EXPECT_GT(trained["model"]["accuracy"], 0.5);  // of 0.1 by chance
}

TEST_F(Loss, ResumesToTheSameBytes) {
  const Words mse{"--loss", "mse", "--arch", softmax()};
  finish(training("straight", mse));
  EXPECT_EQ(interrupt(training("cut", mse), "epoch 2/6: loss", SIGINT).status, 130);
  expect_refusal(training("cut", {"--resume", "--arch", softmax()}), 2,
                 "loss was \"mse\", is not given");
  Words again = training("cut", mse);
  again.emplace_back("--resume");
  EXPECT_THAT(finish(again).err, HasSubstr("resuming in epoch "));
  for (const char* name : {"/model.bin", "/pruned.bin", "/train.csv"})
    EXPECT_EQ(test::bytes_of(file("cut") + name), test::bytes_of(file("straight") + name)) << name;
}

TEST_F(Loss, IsNotForWhatIsNoClassifierNorForTeachers) {
  expect_refusal(training("no", {"--loss", "mse", "--arch", network("auto.json", 3 * 32 * 32)}), 3,
                 "expected 3x32x32 images in 10 classes, as in the data, got 3x32x32 images in "
                 "3072 classes");
  expect_refusal(training("no", {"--loss", "mse", "--teacher", file("x.bin")}), 2,
                 "--teacher: expected --loss cross-entropy");
  expect_refusal(training("no", {"--loss", "l1"}), 2,
                 "unknown loss 'l1': expected one of cross-entropy, mse");
}

/// The losses are for one row of classes; of two outputs none is told apart.
TEST_F(Loss, IsOfOneOutput) {
  std::ofstream(file("two.json")) << R"({"name":"two","input":[3,32,32],"layers":[
      {"name":"a","type":"fully_connected","oc":10},
      {"name":"b","type":"fully_connected","oc":4,"inputs":["input"]}],"outputs":["a","b"]})";
  expect_refusal(training("no", {"--arch", file("two.json")}), 3,
                 "network 'two': expected one output, got 2, 'a' (10x1x1), 'b' (4x1x1)");
}

}  // namespace
}  // namespace karnin
