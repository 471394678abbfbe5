// A resumed run asks what a file is, not how its path is spelled.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "formats/model/model_file.h"
#include "tests/cli/workspace.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

using test::kInterrupted;
using testing::HasSubstr;
using Words = std::vector<std::string>;

/// A model to start from, and a run that started there and was interrupted; copied for every test.
class ResumedFiles : public test::WorkspaceTest {
 protected:
  static void SetUpTestSuite() {
    WorkspaceTest::SetUpTestSuite();
    workspace->train("first", {"--epochs", "1"});
    for (const char* name : {"start.bin", "teacher.bin"})
      fs::copy_file(file("first/model.bin"), file(name));
    interrupt(training({"--model", file("start.bin"), "--teacher", file("teacher.bin")}, "run"));
    std::ofstream(file("net.json")) << kNetwork;
    interrupt(training({"--arch", file("net.json")}, "own"));
  }

  static constexpr const char* kNetwork =
      R"({"name":"n","input":[3,32,32],"layers":[{"name":"f","type":"fully_connected","oc":10}]})";

  static Words training(const Words& more, const std::string& out,
                        const std::string& data = workspace->data()) {
    Words words{"train", "--data", data, "--epochs", "8", "--batch", "4", "--out", file(out)};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  static void interrupt(const Words& words) {
    test::Process process(workspace->command(words), workspace->options());
    EXPECT_TRUE(process.wait_for_stderr("epoch 1/8: loss"));
    process.send(SIGINT);
    EXPECT_EQ(process.wait().status, kInterrupted);
  }

  /// Resumes a copy of the run, from the directory of the workspace; what it says on stderr.
  static test::ProcessResult resume(Words more, const std::string& run = "run",
                                    const std::string& data = workspace->data()) {
    fs::remove_all(file("copy"));
    fs::copy(file(run), file("copy"));
    more.emplace_back("--resume");
    Words command{"/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", workspace->path("").string()};
    const Words words = workspace->command(training(more, "copy", data));
    command.insert(command.end(), words.begin(), words.end());
    return test::Process(command, workspace->options()).wait();
  }
  static void goes_on(const Words& more, const std::string& run = "run",
                      const std::string& data = workspace->data()) {
    const test::ProcessResult result = resume(more, run, data);
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(result.err, HasSubstr("resuming in epoch "));
  }
  static void refuses(const Words& more, const std::string& text, const std::string& run = "run") {
    const test::ProcessResult result = resume(more, run);
    EXPECT_EQ(result.status, 2) << result.err;
    EXPECT_THAT(result.err, HasSubstr(text));
  }
};

TEST_F(ResumedFiles, MayBeSpelledOtherwise) {
  goes_on({"--model", "./start.bin", "--teacher", "first/../teacher.bin"});
  goes_on({"--arch", "./net.json"}, "own");
  fs::create_symlink(file("start.bin"), file("link.bin"));
  goes_on({"--model", "link.bin", "--teacher", file("teacher.bin")});
}

TEST_F(ResumedFiles, MayHaveBeenMovedOrCopied) {
  fs::copy_file(file("start.bin"), file("moved.bin"));
  fs::copy_file(file("net.json"), file("moved.json"));
  fs::copy(workspace->data(), file("elsewhere"));
  goes_on({"--model", "moved.bin", "--teacher", "moved.bin"}, "run", "elsewhere");
  goes_on({"--arch", "moved.json"}, "own", file("elsewhere"));
}

TEST_F(ResumedFiles, AreRefusedWhenTheyAreOthers) {
  Model model = read_model(file("start.bin"));
  model.parameters[0].value.data()[0] += 1;
  write_model(file("other.bin"), model);
  const std::string start = file("start.bin"), teacher = file("teacher.bin");
  refuses({"--model", "other.bin", "--teacher", teacher}, "model_sha256 was");
  refuses({"--model", start, "--teacher", "other.bin"}, "teacher_sha256 was");
  refuses({"--model", "first/pruned.bin", "--teacher", teacher}, "model_sha256 was");
  refuses({"--model", "copy/model.bin", "--teacher", teacher}, "model_sha256 was");
  refuses({"--teacher", teacher}, "model_sha256 was");
  refuses({"--arch", "khanal2018"}, "architecture_sha256 was", "own");
  refuses({"--model", start}, "model_sha256 was not given", "own");
}

TEST_F(ResumedFiles, OneOfAnotherPathAndContentIsNamed) {
  fs::copy_file(file("first/pruned.bin"), file("start2.bin"));
  refuses({"--model", "start2.bin", "--teacher", file("teacher.bin")},
          "model was \"" + file("start.bin") + "\", is \"start2.bin\"");
}

TEST_F(ResumedFiles, ACheckpointStandsForAStartThatHasGone) {
  const test::ProcessResult result = resume({"--model", "gone.bin", "--teacher", "teacher.bin"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("gone.bin is not there: the checkpoint stands for it"));
}

TEST_F(ResumedFiles, TheRunMayHaveReplacedItsOwnStart) {
  fs::remove_all(file("copy"));
  fs::copy(file("first"), file("copy"));
  const auto before = test::bytes_of(file("copy/model.bin"));
  interrupt(training({"--model", file("copy/model.bin"), "--overwrite"}, "copy"));
  EXPECT_NE(test::bytes_of(file("copy/model.bin")), before);
  fs::remove_all(file("replaced"));
  fs::rename(file("copy"), file("replaced"));
  goes_on({"--model", "./copy/model.bin"}, "replaced");
  goes_on({"--model", "start.bin"}, "replaced");
  refuses({"--model", "copy/pruned.bin"}, "model_sha256 was", "replaced");
}

/// A finished run knows what it started from, whatever became of that.
TEST_F(ResumedFiles, AreNotNeededByARunThatIsOver) {
  const auto is_over = [](const std::string& model, int status, const std::string& text) {
    const test::ProcessResult result =
        workspace->run(training({"--model", file(model), "--resume"}, "over"));
    EXPECT_EQ(result.status, status) << result.err;
    EXPECT_THAT(result.err, HasSubstr(text));
  };
  fs::create_directories(file("over"));
  for (const char* name : {"own.bin", "over/model.bin"}) {
    fs::copy_file(file("first/model.bin"), file(name));
    ASSERT_EQ(workspace->run(training({"--model", file(name), "--overwrite"}, "over")).status, 0);
    const auto before = test::bytes_of(file("over/model.bin"));
    is_over(name, 0, "is over: nothing is left to do");
    if (std::string(name) == "own.bin") {
      fs::remove(file(name));
      is_over(name, 0, "own.bin is not there: the finished run stands for it");
      fs::copy_file(file("first/pruned.bin"), file(name));
      is_over(name, 2, "model_sha256 was");
    }
    EXPECT_EQ(test::bytes_of(file("over/model.bin")), before);
    fs::remove(file("over/model.bin"));
  }
}

}  // namespace
}  // namespace karnin
