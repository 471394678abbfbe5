// A sweep that is interrupted, killed and resumed ends in the same bytes as one that was left
// alone; on the way sweep.csv holds every point that was found, in whole rows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "runtime/core/counter_rng.h"
#include "tests/cli/workspace.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;
using test::kInterrupted;
using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::IsSubsetOf;
using Words = std::vector<std::string>;

/// Two models and a straight sweep for all tests, which only read them.
class SweepResume : public test::WorkspaceTest {
 protected:
  static void SetUpTestSuite() {
    WorkspaceTest::SetUpTestSuite();
    workspace->train("a", {"--epochs", "1"});
    workspace->train("b", {"--epochs", "1", "--seed", "2"});
    ASSERT_EQ(workspace->run(sweep("straight")).status, 0);
  }

  /// 2 models, 2 methods and 3 sparsities, each with an epoch after it; about a second.
  static Words sweep(const std::string& out, const Words& more = {}) {
    return sweep_of(workspace->data(), file("a/model.bin") + "," + file("b/model.bin"), out, more);
  }
  static Words sweep_of(const std::string& data, const std::string& models, const std::string& out,
                        const Words& more) {
    Words words{"sweep",
                "--data",
                data,
                "--model",
                models,
                "--methods",
                "magnitude,random",
                "--sparsities",
                "0.5,0.8,0.9",
                "--fine-tune",
                "1",
                "--threads",
                "1",
                "--out",
                file(out)};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  static Words lines(const std::string& name) {
    std::ifstream stream(file(name));
    Words all;
    for (std::string line; std::getline(stream, line);) all.push_back(line);
    return all;
  }
  /// Begins the sweep and sends the signal once it has found so many points.
  static test::ProcessResult interrupt(const Words& words, const std::string& out,
                                       std::size_t points, int signal) {
    test::Process process(workspace->command(words), workspace->options());
    for (int i = 0; i < 6000 && lines(out + "/sweep.csv").size() < 1 + points; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    process.send(signal);
    return process.wait();
  }
  static void expect_done(const std::string& out) {
    EXPECT_EQ(test::bytes_of(file(out + "/sweep.csv")), test::bytes_of(file("straight/sweep.csv")));
    EXPECT_THAT(test::files_in(file(out)), testing::ElementsAre("sweep.csv", "sweep.json"));
  }
};

TEST_F(SweepResume, EverySignalLeavesWhatWasFound) {
  for (const int signal : {SIGINT, SIGTERM, SIGKILL}) {
    const std::string out = "signal-" + std::to_string(signal);
    // The last two are in the second model.
    const std::size_t points = signal == SIGINT ? 2 : 7;
    const test::ProcessResult result = interrupt(sweep(out), out, points, signal);
    EXPECT_EQ(result.status, signal == SIGKILL ? -SIGKILL : kInterrupted) << result.err;
    const Words found = lines(out + "/sweep.csv");
    EXPECT_GE(found.size(), 1 + points);
    EXPECT_LT(found.size(), 13U);
    EXPECT_THAT(found, IsSubsetOf(lines("straight/sweep.csv")));
    const test::ProcessResult resumed = workspace->run(sweep(out, {"--resume", "--threads", "3"}));
    EXPECT_EQ(resumed.status, 0) << resumed.err;
    EXPECT_THAT(resumed.err, HasSubstr("of 12 points are there"));
    expect_done(out);
  }
}

TEST_F(SweepResume, TenInterruptionsAtRandomMomentsDoNotChangeAByte) {
  CounterRng rng(10);
  for (int i = 0; i < 10; ++i) {
    test::Process process(workspace->command(sweep("random", {"--resume"})), workspace->options());
    std::this_thread::sleep_for(std::chrono::milliseconds(rng.below(600)));
    process.send(i % 2 == 0 ? SIGINT : SIGKILL);
    EXPECT_THAT(process.wait().status, AnyOf(0, kInterrupted, -SIGINT, -SIGKILL));
    EXPECT_THAT(lines("random/sweep.csv"), IsSubsetOf(lines("straight/sweep.csv")));
  }
  EXPECT_EQ(workspace->run(sweep("random", {"--resume"})).status, 0);
  expect_done("random");
}

TEST_F(SweepResume, TellsAProgramWhatItHasFound) {
  const std::string out = "json";
  const test::ProcessResult result = interrupt(sweep(out, {"--json"}), out, 1, SIGINT);
  EXPECT_EQ(result.status, kInterrupted);
  const auto report = nlohmann::json::parse(result.out);
  EXPECT_TRUE(report["interrupted"]);
  EXPECT_EQ(report["rows"].size(), lines(out + "/sweep.csv").size() - 1);
  const auto resumed = workspace->run_json(sweep(out, {"--resume"}));
  auto straight = workspace->run_json(sweep("straight", {"--resume"}));
  straight["file"] = resumed["file"];
  EXPECT_EQ(resumed, straight);
}

TEST_F(SweepResume, NothingToResumeIsSaid) {
  const test::ProcessResult result = workspace->run(sweep("none", {"--resume"}));
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("starting at the beginning"));
  expect_done("none");
}

TEST_F(SweepResume, OfAnotherSweepIsRefused) {
  const auto refuse = [&](const Words& more, const std::string& text) {
    const test::ProcessResult result = workspace->run(sweep("straight", more));
    EXPECT_EQ(result.status, 2) << result.err;
    EXPECT_THAT(result.err, HasSubstr(text));
  };
  const auto before = test::bytes_of(file("straight/sweep.json"));
  refuse({"--resume", "--methods", "lamp"},
         R"(methods was ["magnitude","random"], is ["magnitude","random","lamp"])");
  refuse({"--resume", "--sparsities", "0.5,0.8"}, "sparsities was [0.5,0.8,0.9], is [0.5,0.8]");
  refuse({"--resume", "--fine-tune", "2"}, "fine_tune_epochs was 1, is 2");
  refuse({"--resume", "--fine-tune", "0"}, "fine_tune_epochs was 1, is not given");
  refuse({"--resume", "--seed", "2"}, "seed was 1, is 2");
  refuse({"--resume", "--layers", "fc1"}, "layers was");
  refuse({"--resume", "--model", file("a/pruned.bin")}, "models_sha256 was");
  refuse({}, "--resume");
  const std::string other_order = file("b/model.bin") + "," + file("a/model.bin");
  EXPECT_EQ(
      workspace->run(sweep_of(workspace->data(), other_order, "straight", {"--resume"})).status, 2);
  EXPECT_EQ(test::bytes_of(file("straight/sweep.json")), before);
}

TEST_F(SweepResume, OfAnUnsoundFileIsRefused) {
  const auto bytes = test::bytes_of(file("straight/sweep.json"));
  const std::string sound(bytes.begin(), bytes.end());
  const std::size_t found = sound.find("\"found\"");
  ASSERT_NE(found, std::string::npos);
  fs::create_directories(file("broken"));
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("[]"), sound.substr(0, sound.size() / 2),
        sound.substr(0, found) + "\"found\":[]}", sound.substr(0, found) + "\"found\":[[1],[2]]}",
        sound.substr(0, found) + R"("found":[[{"layers":[],"confusion":[1,2]}],[]]})"}) {
    std::ofstream(file("broken/sweep.json")) << text;
    const test::ProcessResult result = workspace->run(sweep("broken", {"--resume"}));
    EXPECT_EQ(result.status, 3) << text << result.err;
    EXPECT_THAT(result.err, AllOf(HasSubstr("sweep.json"), HasSubstr("another --out"),
                                  HasSubstr("--overwrite")));
  }
}

// The same files by other names are the same sweep; the names stay those of its first command.
TEST_F(SweepResume, FilesCountByWhatTheyHold) {
  const std::string out = "moved";
  interrupt(sweep(out), out, 2, SIGKILL);
  fs::create_directories(file("elsewhere"));
  fs::copy(file("squares"), file("elsewhere/squares"), fs::copy_options::recursive);
  fs::copy_file(file("b/model.bin"), file("other.bin"));
  const std::string data = file("elsewhere/squares");
  const std::string models = file("a/../a/model.bin") + "," + file("other.bin");
  const test::ProcessResult result = workspace->run(sweep_of(data, models, out, {"--resume"}));
  EXPECT_EQ(result.status, 0) << result.err;
  expect_done(out);
  std::ofstream(file("elsewhere/squares/test_batch.bin"), std::ios::app) << std::string(3073, '\1');
  EXPECT_THAT(workspace->run(sweep_of(data, models, out, {"--resume"})).err,
              HasSubstr("test_images_sha256 was"));
}

TEST_F(SweepResume, FromAnotherDirectoryIsTheSameSweep) {
  const auto from = [](const std::string& directory, const std::string& models,
                       const std::string& out) {
    const Words words = workspace->command(sweep_of(workspace->data(), models, out, {"--resume"}));
    Words command{"/bin/sh", "-c", R"(cd "$0" && exec "$@")", file(directory)};
    command.insert(command.end(), words.begin(), words.end());
    const test::ProcessResult result = test::Process(command, workspace->options()).wait();
    EXPECT_EQ(result.status, 0) << result.err;
    return test::bytes_of(file(out + "/sweep.csv"));
  };
  const auto before = from("", "a/model.bin", "spelled");
  EXPECT_EQ(from("a", "model.bin", "spelled"), before);
  const std::string no_utf8 = "caf\xe9.bin";
  fs::copy_file(file("a/model.bin"), file(no_utf8));
  const auto odd = from("", no_utf8, "odd");
  EXPECT_EQ(from("", no_utf8, "odd"), odd);
}

}  // namespace
}  // namespace karnin
