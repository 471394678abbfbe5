// Files that can't be written as they should be: what only watches is given up, what is a result is
// written as well as can be, and either is told once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/cli/workspace.h"
#include "tests/support/terminal.h"

namespace karnin {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using Words = std::vector<std::string>;

class Outputs : public test::TrainedTest {
 protected:
};

/// What `train` says with this shell script before it, in which $0 is the directory for curves.
class Curves : public Outputs {
 protected:
  static test::ProcessResult train(const std::string& script, const Words& more = {},
                                   bool terminal = false) {
    Words command{"/bin/sh", "-c", script + R"(; exec "$@" --tensorboard "$0")", file("curves")};
    const Words training = workspace->command(
        {"train", "--data", workspace->data(), "--epochs", "2", "--out", file("watched")});
    command.insert(command.end(), training.begin(), training.end());
    command.insert(command.end(), more.begin(), more.end());
    std::filesystem::remove_all(file("watched"));
    std::filesystem::remove_all(file("curves"));
    test::ProcessOptions options = workspace->options();
    options.terminal = terminal;
    return test::Process(command, options).wait();
  }
};

TEST_F(Curves, AFullDiskUnderThemEndsThemAndNothingElse) {
  // TensorBoard's files are named by the second and the process.
  const test::ProcessResult result =
      train(R"(mkdir "$0"; now=$(date +%s); for i in $(seq 0 99); do ln -s /dev/full )"
            R"("$0"/events.out.tfevents.$((now + i)).$$; done)");
  EXPECT_EQ(result.status, 0) << result.err;
  const std::size_t told = result.err.find("No space left on device: the curves end here");
  ASSERT_NE(told, std::string::npos) << result.err;
  EXPECT_EQ(result.err.find("the curves end here", told + 60), std::string::npos) << "once";
  EXPECT_THAT(test::files_in(file("watched")),
              ElementsAre("arguments.json", "model.bin", "pruned.bin", "train.csv"));
}

/// Takes the directory away some time after the first point.
constexpr const char* kVanish =
    R"((while ! ls "$0"/events*; do sleep 0.01; done; sleep 0.3; rm -r "$0") >/dev/null 2>&1 &)"
    "true";

TEST_F(Curves, ADirectoryThatVanishesEndsThemToo) {
  const test::ProcessResult result = train(kVanish, {"--epochs", "5", "--batch", "1"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("No such file or directory: the curves end here"));
  EXPECT_THAT(result.err, testing::Not(HasSubstr("\x1b")));
}

/// One epoch of many steps, so that a bar is drawn at the time.
TEST_F(Curves, TheirEndTakesTheLineOfTheBar) {
  if (!test::has_pseudo_terminals()) GTEST_SKIP() << "this system has no pseudo-terminals";
  std::filesystem::copy(workspace->data(), file("many"));
  const std::vector<std::uint8_t> images = test::bytes_of(file("many/data_batch_1.bin"));
  std::ofstream many(file("many/data_batch_1.bin"), std::ios::binary);
  for (int i = 0; i < 10; ++i)
    many.write(reinterpret_cast<const char*>(images.data()),
               static_cast<std::streamsize>(images.size()));
  many.close();
  const test::ProcessResult result =
      train(kVanish, {"--data", file("many"), "--epochs", "1", "--batch", "1"}, true);
  EXPECT_EQ(result.status, 0) << result.err;
  const std::size_t told = result.err.find("cannot write");
  ASSERT_NE(told, std::string::npos) << result.err;
  EXPECT_THAT(result.err.substr(0, told), HasSubstr("\r\x1b[K[")) << "no bar was drawn yet";
  const Words lines = test::shown_lines(result.err);
  EXPECT_THAT(lines,
              Contains(AllOf(testing::StartsWith("cannot write"),
                             testing::EndsWith("the curves end here, the training goes on"))));
}

TEST_F(Curves, ADirectoryThatCannotBeWrittenIsFoundBeforeTheWork) {
  const test::ProcessResult result = train(R"(: >"$0")");
  EXPECT_EQ(result.status, 5);
  EXPECT_THAT(result.err, HasSubstr("curves"));
  EXPECT_FALSE(std::filesystem::exists(file("watched")));
}

/// Mounts a file over itself, as containers do, and prunes into it.
TEST_F(Outputs, AFileThatIsMountedByItselfIsOverwrittenAndThatIsTold) {
  std::ofstream(file("mounted.bin")) << "old";
  const test::ProcessResult result =
      test::Process({"/bin/sh", "-c",
                     R"(exec unshare -m sh -c 'mount --bind "$2" "$2" || exit 77; exec "$0" prune )"
                     R"(--model "$1" --out "$2" --overwrite' "$0" "$1" "$2" 2>&1)",
                     workspace->command({}).front(), file("run/model.bin"), file("mounted.bin")},
                    workspace->options())
          .wait();
  if (result.status == 77 || result.out.find("unshare") != std::string::npos)
    GTEST_SKIP() << "this user may mount nothing";
  EXPECT_EQ(result.status, 0) << result.out;
  const std::size_t told = result.out.find("can only be overwritten in place");
  ASSERT_NE(told, std::string::npos) << result.out;
  EXPECT_EQ(result.out.find("overwritten in place", told + 30), std::string::npos) << "once";
  EXPECT_EQ(workspace->run({"verify", file("mounted.bin")}).status, 0);
}

}  // namespace
}  // namespace karnin
