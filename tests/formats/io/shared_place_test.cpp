// Files and directories that are not one's own alone: mounted by themselves, or other users'.
#include <gmock/gmock.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <thread>

#include "formats/io/atomic_file.h"
#include "runtime/core/error.h"
#include "tests/formats/io/file_contents.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

using test::mode_of;
using test::TemporaryDirectory;
using test::text_of;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

/// While it lives, root is nobody in particular, if root may be that; others stay who they are.
class Unprivileged {
 public:
  ~Unprivileged() {
    if (changed_) {
      EXPECT_EQ(setresuid(0, 0, 0), 0);
    }
  }
  Unprivileged() = default;
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;

 private:
  static constexpr uid_t kNobody = 65534;
  const bool changed_ = geteuid() == 0 && setresuid(kNobody, kNobody, 0) == 0;
};

TEST(RequireWritableDirectory, LeavesWhatAnotherUsersProcessStillWrites) {
  const TemporaryDirectory directory;
  fs::permissions(directory.path(), fs::perms::all);
  test::write_text(directory / ".karnin-1-0.tmp", "text");  // the first process: root's
  {
    const Unprivileged nobody;
    if (kill(1, 0) == 0) GTEST_SKIP() << "the first process is this user's own";
    if (access(directory.path().c_str(), W_OK) != 0) GTEST_SKIP() << "not for other users";
    require_writable_directory(directory.path());
  }
  EXPECT_THAT(directory.entries(), ElementsAre(".karnin-1-0.tmp"));
}

/// Mounts of the test's own, if it may have some. The thread that makes it sees them, nobody else.
bool has_own_mounts() {
  return unshare(CLONE_NEWNS) == 0 &&
         mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

/// In a thread, as a namespace is for life.
void with_own_mounts(const std::function<void()>& action) {
  bool may = false;
  std::thread([&] {
    may = has_own_mounts();
    if (may) action();
  }).join();
  if (!may) GTEST_SKIP() << "this user may mount nothing";
}

TEST(ReplaceFile, OverwritesWhatIsMountedByItself) {
  const TemporaryDirectory directory;
  const fs::path path = directory / "file";
  test::write_text(path, "old, and longer");
  chmod(path.c_str(), 0600);
  with_own_mounts([&] {
    ASSERT_EQ(mount(path.c_str(), path.c_str(), nullptr, MS_BIND, nullptr), 0);
    EXPECT_EQ(require_writable_file(path), std::errc::device_or_resource_busy);
    EXPECT_EQ(text_of(path), "old, and longer");
    replace_file(path, "new");
    EXPECT_EQ(text_of(path), "new");
    EXPECT_EQ(mode_of(path), 0600U);
    ASSERT_EQ(mount(nullptr, path.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr), 0);
    EXPECT_THROW(require_writable_file(path), OutputError) << "before the work, not after it";
  });
  EXPECT_THAT(directory.entries(), ElementsAre("file"));
}

TEST(ReplaceFile, OverwritesNothingThatItHasNoRoomFor) {
  const TemporaryDirectory directory;
  const fs::path path = directory / "small/file";
  fs::create_directory(directory / "small");
  with_own_mounts([&] {
    const fs::path small = directory / "small";
    ASSERT_EQ(mount("none", small.c_str(), "tmpfs", 0, "size=64k"), 0);
    test::write_text(path, "old");
    ASSERT_EQ(mount(path.c_str(), path.c_str(), nullptr, MS_BIND, nullptr), 0);
    EXPECT_TRUE(require_writable_file(path));
    EXPECT_THROW(replace_file(path, std::string(100'000, 'x')), OutputError);
    EXPECT_EQ(text_of(path), "old");
  });
}

/// A container whose own files are read-only, with one that is not mounted into it.
TEST(ReplaceFile, OverwritesInADirectoryThatTakesNoSibling) {
  const TemporaryDirectory directory;
  const fs::path path = directory / "image/file";
  test::write_text(directory / "outside", "old");
  test::write_text(path, "");
  with_own_mounts([&] {
    const fs::path image = directory / "image", outside = directory / "outside";
    ASSERT_EQ(mount(image.c_str(), image.c_str(), nullptr, MS_BIND, nullptr), 0);
    ASSERT_EQ(mount(outside.c_str(), path.c_str(), nullptr, MS_BIND, nullptr), 0);
    ASSERT_EQ(mount(nullptr, image.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr), 0);
    EXPECT_TRUE(require_writable_file(path));
    EXPECT_THROW(require_writable_file(image / "other"), OutputError);
    replace_file(path, "new");
  });
  if (!IsSkipped()) {
    EXPECT_EQ(text_of(directory / "outside"), "new");
  }
}

TEST(RequireWritableFile, SeesThatAnothersFileInAStickyDirectoryStays) {
  const TemporaryDirectory directory;
  test::write_text(directory / "closed", "old");
  test::write_text(directory / "open", "old");
  fs::permissions(directory / "open", fs::perms(0666));
  fs::permissions(directory.path(), fs::perms(01777));
  {
    const Unprivileged nobody;
    if (access((directory / "closed").c_str(), W_OK) == 0) GTEST_SKIP() << "only root has others";
    EXPECT_THROW(require_writable_file(directory / "closed"), OutputError);
    EXPECT_TRUE(require_writable_file(directory / "open"));
    replace_file(directory / "open", "new");
  }
  EXPECT_EQ(text_of(directory / "open"), "new");
  EXPECT_THAT(directory.entries(), UnorderedElementsAre("closed", "open"));
}

}  // namespace
}  // namespace karnin
