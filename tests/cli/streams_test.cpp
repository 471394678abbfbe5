// What goes where: data on stdout, everything else on stderr, control characters only to a
// terminal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/cli/workspace.h"
#include "tests/support/terminal.h"

namespace karnin {
namespace {

using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

bool has_control_characters(const std::string& text) {
  return std::ranges::any_of(text, [](unsigned char c) { return c < ' ' && c != '\n'; });
}

constexpr const char* kNoTerminals = "this system has no pseudo-terminals: is /dev/pts mounted?";

/// One training for all tests, which only read it.
class Streams : public test::TrainedTest {
 protected:
  static Words training() {
    return workspace->command({"train", "--data", workspace->data(), "--epochs", "3", "--out",
                               file("again"), "--overwrite"});
  }
  static std::string stderr_on_terminal(test::ProcessOptions options) {
    options.terminal = true;
    const test::ProcessResult result = test::Process(training(), options).wait();
    EXPECT_EQ(result.status, 0) << result.err;
    return result.err;
  }
};

TEST_F(Streams, NoFileTakesThePlaceOfAClosedStream) {
  Words command{"/bin/sh", "-c", R"(exec "$0" "$@" 2>&-)"};
  const Words training =
      workspace->command({"train", "--data", workspace->data(), "--epochs", "2", "--out",
                          file("mute"), "--tensorboard", file("events")});
  command.insert(command.end(), training.begin(), training.end());
  EXPECT_EQ(test::Process(command, workspace->options()).wait().status, 0);
  for (const std::string& name : test::files_in(file("events"))) {
    const std::vector<std::uint8_t> bytes = test::bytes_of(workspace->path("events") / name);
    EXPECT_THAT(std::string(bytes.begin(), bytes.end()), Not(HasSubstr("%  epoch")));
  }
}

TEST_F(Streams, HelpThatDoesNotArriveIsAnError) {
  Words command{"/bin/sh", "-c", R"(exec "$0" "$@" >/dev/full)"};
  const Words help = workspace->command({"train", "--help"});
  command.insert(command.end(), help.begin(), help.end());
  const test::ProcessResult result = test::Process(command, workspace->options()).wait();
  EXPECT_EQ(result.status, 5);
  EXPECT_THAT(result.err, HasSubstr("stdout"));
}

TEST_F(Streams, JsonIsAllThereIsOnStdout) {
  const std::string model = file("run/model.bin");
  for (const Words& words :
       {Words{"train", "--data", workspace->data(), "--epochs", "1", "--out", file("json"),
              "--overwrite"},
        Words{"prune", "--model", model, "--out", file("pruned.bin"), "--overwrite"},
        Words{"eval", "--model", model, "--data", workspace->data()},
        Words{"inspect", "--model", model}, Words{"verify", model}, Words{"doctor"},
        Words{"data", "list"}})
    workspace->run_json(words);  // parses the whole of stdout
}

TEST_F(Streams, WhatLibrariesPrintIsNoResult) {
  const std::string model = file("run/model.bin");
  for (const auto& [variable, value] :
       {std::pair{"ONEDNN_VERBOSE", "1"}, std::pair{"DNNL_VERBOSE", "2"},
        std::pair{"TBB_VERSION", "1"}})
    for (const Words& words :
         {Words{"train", "--data", workspace->data(), "--epochs", "1", "--out", file("verbose"),
                "--overwrite"},
          Words{"prune", "--model", model, "--fine-tune", "1", "--data", workspace->data(), "--out",
                file("pruned.bin"), "--overwrite"},
          Words{"eval", "--model", model, "--data", workspace->data()},
          Words{"bench", "--fc", "8x8", "--sparsity", "0.5", "--batch", "1", "--seconds", "0"}}) {
      test::ProcessOptions options = workspace->options();
      options.environment[variable] = value;
      Words all = workspace->command(words);
      all.emplace_back("--json");
      const test::ProcessResult result = test::Process(all, options).wait();
      EXPECT_EQ(result.status, 0) << words.front();
      EXPECT_TRUE(nlohmann::json::accept(result.out)) << variable << ": " << result.out;
    }
}

// Whatever stands on stdout without --json is for a reader too: $(karnin-cpu data fetch cifar10).
TEST_F(Streams, WhatLibrariesPrintIsInNoTable) {
  test::ProcessOptions options = workspace->options();
  options.environment["ONEDNN_VERBOSE"] = "1";
  const test::ProcessResult result =
      test::Process(workspace->command(
                        {"eval", "--model", file("run/model.bin"), "--data", workspace->data()}),
                    options)
          .wait();
  EXPECT_NE(result.err.find("onednn_verbose,"), std::string::npos) << "it printed nothing";
  EXPECT_THAT(result.out, Not(HasSubstr("onednn_verbose")));
  EXPECT_THAT(result.out, HasSubstr("accuracy"));
}

TEST_F(Streams, AStreamThatIsClosedTakesNoResult) {
  for (const char* redirection : {">&-", ">&- 2>&-", ">/dev/full", ">/dev/null <&-"}) {
    const std::string script = std::string(R"(exec "$0" verify "$1" )") + redirection;
    const int status = test::Process({"/bin/sh", "-c", script, workspace->command({}).front(),
                                      file("run/model.bin")},
                                     workspace->options())
                           .wait()
                           .status;
    EXPECT_EQ(status, redirection == std::string(">/dev/null <&-") ? 0 : 5) << redirection;
  }
}

TEST_F(Streams, PipesGetPlainLines) {
  const test::ProcessResult result = test::Process(training(), workspace->options()).wait();
  EXPECT_EQ(result.status, 0);
  EXPECT_FALSE(has_control_characters(result.err)) << result.err;
  EXPECT_FALSE(has_control_characters(result.out)) << result.out;
  for (const char* line : {"epoch 1/3: loss", "epoch 2/3: loss", "epoch 3/3: loss", " 10 %"})
    EXPECT_THAT(result.err, HasSubstr(line));
  EXPECT_THAT(result.err, Not(HasSubstr("[")));
  EXPECT_THAT(result.out, Not(HasSubstr("epoch")));
  EXPECT_THAT(result.out, HasSubstr("model.bin"));
}

TEST_F(Streams, ATerminalGetsABar) {
  if (!test::has_pseudo_terminals()) GTEST_SKIP() << kNoTerminals;
  const std::string err = stderr_on_terminal(workspace->options());
  EXPECT_THAT(err, HasSubstr("\r\x1b[K["));
  EXPECT_THAT(err, HasSubstr("\x1b[32m"));
  EXPECT_THAT(err, HasSubstr(" left"));
}

/// What stays are the lines that a pipe gets, but for those of every tenth.
TEST_F(Streams, ABarIsClearedAwayBehindIt) {
  if (!test::has_pseudo_terminals()) GTEST_SKIP() << kNoTerminals;
  const Words lines = test::shown_lines(stderr_on_terminal(workspace->options()));
  ASSERT_EQ(lines.size(), 5U) << testing::PrintToString(lines);
  EXPECT_THAT(lines[0], testing::StartsWith("training khanal2018 on squares"));
  for (int epoch = 1; epoch <= 3; ++epoch)
    EXPECT_THAT(lines[epoch], testing::MatchesRegex("epoch " + std::to_string(epoch) +
                                                    "/3: loss [0-9.]+, training accuracy .*/s"));
  EXPECT_EQ(lines[4], "");
}

TEST_F(Streams, NoColorMeansNoColor) {
  if (!test::has_pseudo_terminals()) GTEST_SKIP() << kNoTerminals;
  test::ProcessOptions options = workspace->options();
  options.environment["NO_COLOR"] = "1";
  const std::string err = stderr_on_terminal(options);
  EXPECT_THAT(err, HasSubstr("\r\x1b[K["));
  EXPECT_THAT(err, Not(HasSubstr("\x1b[32m")));
}

TEST_F(Streams, ADumbTerminalGetsLines) {
  if (!test::has_pseudo_terminals()) GTEST_SKIP() << kNoTerminals;
  test::ProcessOptions options = workspace->options();
  options.environment["TERM"] = "dumb";
  EXPECT_THAT(stderr_on_terminal(options), Not(HasSubstr("\x1b")));
}

TEST_F(Streams, EvalNamesTheDataBesideTheFigure) {
  const test::ProcessResult result =
      workspace->run({"eval", "--model", file("run/model.bin"), "--data", workspace->data()});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("squares"));
  EXPECT_THAT(result.out, HasSubstr("200 test images"));
  EXPECT_THAT(result.out, HasSubstr("plane"));
  EXPECT_THAT(result.out, HasSubstr("conv1"));
}

TEST_F(Streams, DoctorTellsWhatThereIs) {
  const auto report = workspace->run_json({"doctor", "--threads", "3"});
  EXPECT_EQ(report["machine"]["threads"], 3);
  EXPECT_EQ(report["cache"], workspace->path("cache/karnin-cpu").string());
  EXPECT_EQ(report["datasets"][0]["name"], "cifar10");
  EXPECT_FALSE(report["datasets"][0]["found"]);
  for (const char* library : {"oneDNN", "oneTBB", "xsimd"})
    EXPECT_NE(report["versions"][library], "") << library;
}

TEST_F(Streams, ListingSeesAMountedDataset) {
  test::ProcessOptions options = workspace->options();
  options.environment["KARNIN_DATA"] = workspace->data();
  const auto result = test::Process(workspace->command({"data", "list", "--json"}), options).wait();
  const auto datasets = nlohmann::json::parse(result.out)["datasets"];
  EXPECT_TRUE(datasets[0]["found"]);
  EXPECT_EQ(datasets[0]["train_images"], test::kTrainImages);
}

TEST_F(Streams, AFullDiskBehindStdout) {
  const test::ProcessResult result =
      test::Process({"/bin/sh", "-c", "exec \"$0\" inspect --model \"$1\" >/dev/full",
                     workspace->command({}).front(), file("run/model.bin")},
                    workspace->options())
          .wait();
  EXPECT_EQ(result.status, 5) << result.err;
  EXPECT_THAT(result.err, HasSubstr("stdout"));
}

TEST_F(Streams, AFullDiskBehindStderrEndsNothing) {
  const test::ProcessResult result =
      test::Process(
          {"/bin/sh", "-c", "exec \"$0\" train --data \"$1\" --epochs 1 --out \"$2\" 2>/dev/full",
           workspace->command({}).front(), workspace->data(), file("silent")},
          workspace->options())
          .wait();
  EXPECT_EQ(result.status, 0);
  EXPECT_TRUE(std::filesystem::exists(file("silent/model.bin")));
}

}  // namespace
}  // namespace karnin
