// Temporaries of the living are left alone, those of the dead are swept up, and no process number
// decides which is which.
#include "formats/io/temporary_file.h"

#include <gmock/gmock.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

#include "formats/io/atomic_file.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

using test::TemporaryDirectory;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAreArray;

/// A process that does this over and over until it is killed.
class Child {
 public:
  explicit Child(const std::function<void()>& action, bool in_a_container = false) {
    pid_ = fork();
    if (pid_ == 0) {
      if (in_a_container) enter_container();
      while (true) action();
    }
  }
  ~Child() { end(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void end() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    EXPECT_EQ(waitpid(pid_, nullptr, 0), pid_);
    pid_ = 0;
  }
  /// Whether it has ended by itself.
  bool has_ended() const {
    siginfo_t ended{};
    waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT);
    return ended.si_pid != 0;
  }

 private:
  /// Process numbers of its own, as far as this user may have them: 1 goes on, and no other exists.
  static void enter_container() {
    if (unshare(geteuid() == 0 ? CLONE_NEWPID : CLONE_NEWUSER | CLONE_NEWPID) != 0) return;
    if (const pid_t first = fork(); first > 0) {
      waitpid(first, nullptr, 0);
      _exit(1);
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
  }

  pid_t pid_ = -1;
};

/// Until there is one with such a name.
void wait_for_temporary(const TemporaryDirectory& directory) {
  for (int i = 0; i < 2000 && directory.entries().empty(); ++i) usleep(5000);
  ASSERT_FALSE(directory.entries().empty());
}

TEST(TemporaryFile, HasALockWhileItLives) {
  const TemporaryDirectory directory;
  {
    const TemporaryFile file(directory.path());
    ASSERT_EQ(file.error(), 0);
    require_writable_directory(directory.path());
    EXPECT_THAT(directory.entries(), ElementsAre(file.path().filename().string()));
  }
  EXPECT_THAT(directory.entries(), IsEmpty());
}

TEST(TemporaryFile, OfAnotherProcessGoesWhenThatIsKilled) {
  for (const bool in_a_container : {false, true}) {
    const TemporaryDirectory directory;
    Child child(
        [&] {
          const TemporaryFile file(directory.path());
          while (true) pause();
        },
        in_a_container);
    wait_for_temporary(directory);
    usleep(50'000);  // created, and surely locked
    require_writable_directory(directory.path());
    EXPECT_EQ(directory.entries().size(), 1U);
    child.end();
    for (int i = 0; i < 200 && !directory.entries().empty(); ++i) {
      usleep(5000);  // a container's first process takes a moment to follow
      require_writable_directory(directory.path());
    }
    EXPECT_THAT(directory.entries(), IsEmpty());
  }
}

/// Every moment of a file's making meets a sweep, here and among other process numbers.
TEST(TemporaryFile, SurvivesSweepsFromEverywhere) {
  const TemporaryDirectory directory;
  const std::vector<std::uint8_t> bytes(20'000, 7);
  const auto sweep = [&] { require_writable_directory(directory.path()); };
  const auto save = [&](const char* name) { replace_file(directory / name, bytes); };
  const Child here(sweep), there(sweep, true);
  const Child writer([&] { save("other"); }, true);
  for (int i = 0; i < 100; ++i) ASSERT_NO_THROW(save("file"));
  EXPECT_FALSE(here.has_ended());
  EXPECT_FALSE(writer.has_ended());
  EXPECT_EQ(test::read_bytes(directory / "file"), bytes);
}

TEST(RemoveLeftovers, TakesNothingButDeadTemporaries) {
  const TemporaryDirectory directory;
  const std::vector<std::string> kept{
      ".karnin-0123456789abcde.tmp",       // too short
      ".karnin-0123456789abcdefa.tmp",     // too long
      ".karnin-0123456789abcdeg.tmp",      // no number
      ".karnin-0123456789abcdef.tmp.bak",  // somebody's copy
      ".karnin-999999999-0.tmp",           // of an earlier version: nobody knows
      "model.bin"};
  for (const std::string& name : kept) test::write_text(directory / name, "text");
  for (const char* name : {".karnin-0123456789abcdef.tmp", ".karnin-ffffffffffffffff.tmp"})
    test::write_text(directory / name, "text");
  std::filesystem::create_symlink("model.bin", directory / ".karnin-0000000000000001.tmp");
  std::filesystem::create_directory(directory / ".karnin-0000000000000002.tmp");
  remove_leftovers(directory.path());
  std::vector<std::string> left = kept;
  left.insert(left.end(), {".karnin-0000000000000001.tmp", ".karnin-0000000000000002.tmp"});
  EXPECT_THAT(directory.entries(), UnorderedElementsAreArray(left));
  remove_leftovers(directory / "none");
}

}  // namespace
}  // namespace karnin
