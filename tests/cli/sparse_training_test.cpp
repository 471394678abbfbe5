// Training that prunes, learns from a teacher and averages its weights, through the command line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include "formats/model/model_file.h"
#include "runtime/core/counter_rng.h"
#include "tests/cli/workspace.h"

namespace karnin {
namespace {

using Words = std::vector<std::string>;

class SparseTraining : public test::WorkspaceTest {
 protected:
  static void SetUpTestSuite() {
    WorkspaceTest::SetUpTestSuite();
    workspace->train("dense");
  }

  static Words training(const std::string& out, const Words& more) {
    Words words{"train",    "--data", workspace->data(), "--model", file("dense/model.bin"),
                "--epochs", "6",      "--batch",         "16",      "--lr",
                "0.02",     "--out",  file(out)};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  /// With all that has a state of its own.
  static Words everything(const std::string& out, const Words& more = {}) {
    Words words{"--sparsity", "0.9",       "--regrow",  "feedback",
                "--average",  "0.98",      "--teacher", file("dense/model.bin"),
                "--augment",  "flip,shift"};
    words.insert(words.end(), more.begin(), more.end());
    return training(out, words);
  }

  /// Rounds that go back, by gradients of images held out.
  static Words rounds(const std::string& out, const Words& more = {}) {
    Words words{"--sparsity",   "0.9",      "--method",
                "karnin",       "--pace",   "rounds",
                "--rounds",     "3",        "--prune-begin",
                "0.3",          "--rewind", "1",
                "--validation", "0.2",      "--held-out-gradients",
                "--average",    "0.98"};
    words.insert(words.end(), more.begin(), more.end());
    return training(out, words);
  }

  static void expect_same_if_interrupted(Words (*words_of)(const std::string&, const Words&));
};

double pruned_share(const Model& model, const std::string& parameter) {
  const auto found = std::ranges::find(model.parameters, parameter, &Parameter::name);
  const auto pruned = std::ranges::count(found->mask, std::uint8_t{0});
  return static_cast<double>(pruned) / static_cast<double>(found->mask.size());
}

TEST_F(SparseTraining, EveryPaceEndsAtTheSparsityAskedFor) {
  const std::vector<Words> ways{
      {},
      {"--pace", "at-once", "--regrow", "gradient"},
      {"--pace", "rounds", "--rounds", "3", "--schedule", "one-cycle", "--cycles", "3"},
      {"--regrow", "feedback"},
      {"--method", "karnin"},
      {"--method", "karnin", "--validation", "0.2", "--held-out-gradients"},
      {"--pace", "rounds", "--rounds", "2", "--prune-begin", "0.4", "--rewind", "1"}};
  for (const Words& way : ways) {
    Words more{"--sparsity", "0.8", "--overwrite"};
    more.insert(more.end(), way.begin(), way.end());
    const auto report = workspace->run_json(training("way", more));
    EXPECT_NEAR(report["epochs"][5]["sparsity"].get<double>(), 0.8, 1e-3);
    EXPECT_EQ(report["model"]["nonzero"], report["pruned"]["nonzero"]);
    const Model model = read_model(file("way/pruned.bin"));
    EXPECT_NEAR(pruned_share(model, "fc1.weight"), 0.8, 1e-3);
    EXPECT_NEAR(pruned_share(model, "fc2.weight"), 0.8, 1e-3);
    EXPECT_TRUE(model.sensitivities.empty());
  }
}

/// Ends in the same bytes when it is stopped six times and taken up again.
void SparseTraining::expect_same_if_interrupted(Words (*words_of)(const std::string&,
                                                                  const Words&)) {
  for (const char* directory : {"straight", "random"}) std::filesystem::remove_all(file(directory));
  ASSERT_EQ(workspace->run(words_of("straight", {})).status, 0);
  CounterRng rng(6);
  const Words words = words_of("random", {"--resume", "--checkpoint-every", "11"});
  for (int i = 0; i < 6; ++i) {
    test::Process process(workspace->command(words), workspace->options());
    process.wait_for_stderr("training ");
    std::this_thread::sleep_for(std::chrono::milliseconds(rng.below(500)));
    process.send(i % 2 == 0 ? SIGINT : SIGKILL);
    if (process.wait().status == 0) std::filesystem::remove_all(file("random"));
  }
  const test::ProcessResult result = workspace->run(words);
  ASSERT_EQ(result.status, 0) << result.err;
  for (const char* name : {"model.bin", "pruned.bin", "train.csv"})
    EXPECT_EQ(test::bytes_of(workspace->path("random") / name),
              test::bytes_of(workspace->path("straight") / name))
        << name;
}

TEST_F(SparseTraining, InterruptionsDoNotChangeAByte) {
  expect_same_if_interrupted(everything);
  expect_same_if_interrupted(rounds);
}

TEST_F(SparseTraining, ARunWithOtherOptionsIsNotGoneOnWith) {
  const auto resumed = [](const Words& words) {
    std::filesystem::remove_all(file("other"));
    test::Process process(workspace->command(rounds("other", {"--checkpoint-every", "5"})),
                          workspace->options());
    process.wait_for_stderr("epoch 1/");
    process.send(SIGKILL);
    process.wait();
    return workspace->run(training("other", words));
  };
  Words words = rounds("other", {"--resume"});
  words.erase(words.begin(), words.begin() + 13);  // what training() puts in front
  std::erase(words, "--held-out-gradients");
  EXPECT_THAT(resumed(words).err, testing::HasSubstr("held_out_gradients"));
  words.push_back("--held-out-gradients");
  *(std::ranges::find(words, "--rewind") + 1) = "0";
  EXPECT_THAT(resumed(words).err, testing::HasSubstr("rewind"));
}

/// They change what is recorded and nothing else.
TEST_F(SparseTraining, GradientsMayBeThoseOfImagesHeldOut) {
  ASSERT_EQ(workspace->run(training("own", {"--validation", "0.2"})).status, 0);
  ASSERT_EQ(
      workspace->run(training("theirs", {"--validation", "0.2", "--held-out-gradients"})).status,
      0);
  const Model own = read_model(file("own/model.bin")),
              theirs = read_model(file("theirs/model.bin"));
  EXPECT_EQ(own.parameters, theirs.parameters);
  ASSERT_EQ(own.sensitivities.size(), theirs.sensitivities.size());
  for (std::size_t i = 0; i < own.sensitivities.size(); ++i) {
    const std::string& method = own.sensitivities[i].method;
    const bool has_gradient = method != "karnin-sgd" && method != "karnin-epoch" &&
                              method != "khanal-pseudocode" && method != "change";
    EXPECT_EQ(own.sensitivities[i] != theirs.sensitivities[i], has_gradient) << method;
  }
}

/// It prunes what the accuracy allows, ends by itself, and leaves a network that is still good.
TEST_F(SparseTraining, TheAccuracySaysWhenToStop) {
  const Words words{"train",
                    "--data",
                    workspace->data(),
                    "--epochs",
                    "100",
                    "--batch",
                    "16",
                    "--lr",
                    "0.02",
                    "--model",
                    file("dense/model.bin"),
                    "--cooldown",
                    "3",
                    "--validation",
                    "0.2",
                    "--max-accuracy-drop",
                    "2"};
  const auto searching = [&](const std::string& out, Words more) {
    Words all = words;
    all.insert(all.end(), {"--out", file(out)});
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  const auto report = workspace->run_json(searching("search", {}));
  EXPECT_LT(report["epochs"].size(), 100U);
  const Model model = read_model(file("search/model.bin"));
  EXPECT_GT(pruned_share(model, "fc1.weight"), 0.5) << "squares need few weights";
  double best = 0;
  for (const auto& epoch : report["epochs"])
    best = std::max(best, epoch["validation_accuracy"].get<double>());
  EXPECT_GT(report["epochs"].back()["validation_accuracy"].get<double>(), best - 0.05);

  test::Process process(workspace->command(searching("again", {})), workspace->options());
  ASSERT_TRUE(process.wait_for_stderr("epoch 9/100: loss"));
  process.send(SIGKILL);
  process.wait();
  ASSERT_EQ(workspace->run(searching("again", {"--resume"})).status, 0);
  EXPECT_EQ(test::bytes_of(file("again/model.bin")), test::bytes_of(file("search/model.bin")));
}

TEST_F(SparseTraining, ThreadsDoNotChangeAByte) {
  for (const std::string threads : {"1", "3"})
    ASSERT_EQ(workspace->run(everything("threads" + threads, {"--threads", threads})).status, 0);
  EXPECT_EQ(test::bytes_of(file("threads1/model.bin")), test::bytes_of(file("threads3/model.bin")));
}

TEST_F(SparseTraining, RefusesWhatDoesNotGoTogether) {
  const auto status = [](const Words& more) { return workspace->run(training("no", more)).status; };
  EXPECT_EQ(status({"--regrow", "feedback"}), 2);  // without a sparsity
  EXPECT_EQ(status({"--sparsity", "1.5"}), 2);
  EXPECT_EQ(status({"--sparsity", "0.5", "--prune-begin", "0.7", "--prune-end", "0.2"}), 2);
  EXPECT_EQ(status({"--sparsity", "0.5", "--rewind", "0"}), 2);  // without rounds
  EXPECT_EQ(status({"--held-out-gradients"}), 2);                // without images held out
  EXPECT_EQ(status({"--held-out-gradients", "--validation", "0"}), 2);
  EXPECT_EQ(status({"--temperature", "2"}), 2);  // without a teacher
  EXPECT_EQ(status({"--label-smoothing", "1"}), 2);
  EXPECT_EQ(status({"--average", "1"}), 2);
  EXPECT_EQ(status({"--teacher", file("nobody.bin")}), 3);
  EXPECT_EQ(status({"--teacher", file("dense/model.bin"), "--teacher-share", "0"}), 2);
  EXPECT_EQ(status({"--max-accuracy-drop", "1"}), 2);  // without a validation split
  EXPECT_EQ(status({"--max-accuracy-drop", "1", "--validation", "0"}), 2);
  EXPECT_EQ(status({"--max-accuracy-drop", "1", "--validation", "0.2", "--early-stop", "2"}), 2);
  EXPECT_EQ(
      workspace->run(training("dense", {"--teacher", file("dense/model.bin"), "--epochs", "1"}))
          .status,
      2)
      << "the run would replace its teacher";
  EXPECT_FALSE(std::filesystem::exists(file("no")));
}

}  // namespace
}  // namespace karnin
