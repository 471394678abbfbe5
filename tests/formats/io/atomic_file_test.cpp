#include "formats/io/atomic_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "formats/io/file_descriptor.h"
#include "runtime/core/error.h"
#include "tests/formats/io/file_contents.h"
#include "tests/support/error_message.h"
#include "tests/support/resource_limit.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

using test::error_message;
using test::mode_of;
using test::TemporaryDirectory;
using test::text_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

TEST(ReplaceFile, CreatesAndReplaces) {
  const TemporaryDirectory directory;
  const fs::path path = directory / "file";
  replace_file(path, "first, and longer");
  EXPECT_EQ(text_of(path), "first, and longer");
  replace_file(path, "second");
  EXPECT_EQ(text_of(path), "second");
  replace_file(path, std::string_view());
  EXPECT_EQ(text_of(path), "");
  EXPECT_THAT(directory.entries(), ElementsAre("file"));
}

TEST(ReplaceFile, WorksInTheCurrentDirectory) {
  const TemporaryDirectory directory;
  const fs::path before = fs::current_path();
  fs::current_path(directory.path());
  replace_file("plain-name", "x");
  fs::current_path(before);
  EXPECT_EQ(text_of(directory / "plain-name"), "x");
}

TEST(ReplaceFile, KeepsTheModeAndRespectsTheUmask) {
  const TemporaryDirectory directory;
  const fs::path path = directory / "file";
  const mode_t old_umask = umask(027);
  replace_file(path, "a");
  umask(old_umask);
  EXPECT_EQ(mode_of(path), 0640U);
  chmod(path.c_str(), 0604);
  replace_file(path, "b");
  EXPECT_EQ(mode_of(path), 0604U);
  EXPECT_EQ(text_of(path), "b");
}

TEST(ReplaceFile, FollowsSymlinks) {
  const TemporaryDirectory directory;
  fs::create_directory(directory / "real");
  test::write_text(directory / "real" / "file", "old");
  fs::create_symlink("real/file", directory / "inner");
  fs::create_symlink(directory / "inner", directory / "link");
  replace_file(directory / "link", "new");
  EXPECT_TRUE(fs::is_symlink(directory / "link"));
  EXPECT_TRUE(fs::is_symlink(directory / "inner"));
  EXPECT_EQ(text_of(directory / "real" / "file"), "new");

  fs::create_symlink("real/not-yet", directory / "dangling");
  replace_file(directory / "dangling", "made");
  EXPECT_EQ(text_of(directory / "real" / "not-yet"), "made");

  fs::create_symlink("loop", directory / "loop");
  EXPECT_THAT(error_message<OutputError>([&] { replace_file(directory / "loop", "x"); }),
              HasSubstr("levels of symbolic links"));
  fs::remove(directory / "loop");
  EXPECT_THAT(directory.entries(), UnorderedElementsAre("real", "real/file", "real/not-yet",
                                                        "inner", "link", "dangling"));
}

/// A process that has ended has no program any more, but still the link to it.
TEST(ReplaceFile, NamesALinkThatCannotBeFollowed) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  siginfo_t ended{};
  EXPECT_EQ(waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT), 0);
  const std::string link = "/proc/" + std::to_string(child) + "/exe";
  const bool there = fs::is_symlink(fs::symlink_status(link));
  const std::string message =
      there ? error_message<OutputError>([&] { replace_file(link, "x"); }) : "";
  EXPECT_EQ(waitpid(child, nullptr, 0), child);
  if (!there) GTEST_SKIP() << "no /proc here";
  EXPECT_THAT(message, HasSubstr("cannot follow the link '" + link + "': "));
}

TEST(ReplaceFile, LeavesTheOldFileWhenTheDiskIsFull) {
  const TemporaryDirectory directory;
  const fs::path path = directory / "file";
  replace_file(path, "old");
  const std::string big(100'000, 'x');
  {
    const test::ResourceLimit limit(RLIMIT_FSIZE, 50'001);
    EXPECT_THAT(error_message<OutputError>([&] { replace_file(path, big); }),
                HasSubstr("cannot write '" + path.string() + "': File too large"));
  }
  EXPECT_EQ(text_of(path), "old");
  EXPECT_THAT(directory.entries(), ElementsAre("file")) << "no temporary left";
  replace_file(path, big);
  EXPECT_EQ(text_of(path), big);
}

TEST(ReplaceFile, RefusesWhatCannotBeReplaced) {
  const TemporaryDirectory directory;
  test::write_text(directory / "file", "x");
  fs::create_directory(directory / "folder");
  EXPECT_THAT(error_message<OutputError>([&] { replace_file(directory / "file" / "a", "x"); }),
              HasSubstr("Not a directory"));
  EXPECT_THAT(error_message<OutputError>([&] { replace_file(directory / "none" / "a", "x"); }),
              HasSubstr("No such file or directory"));
  EXPECT_THAT(error_message<OutputError>([&] { replace_file(directory / "folder", "x"); }),
              HasSubstr("Is a directory"));
  EXPECT_THAT(error_message<OutputError>([&] { replace_file("/proc/karnin-model", "x"); }),
              HasSubstr("/proc/karnin-model"));
  EXPECT_THAT(error_message<OutputError>([&] { replace_file("/dev/full", "x"); }),
              HasSubstr("not a regular file"));
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
  EXPECT_THAT(directory.entries(), UnorderedElementsAre("file", "folder"));
}

// As /dev/stdout is: what goes through the descriptor and another file would get in each other's
// way.
TEST(ReplaceFile, RefusesTheDescriptorOfARegularFile) {
  const TemporaryDirectory directory;
  test::write_text(directory / "file", "old");
  const FileDescriptor file(open((directory / "file").c_str(), O_RDONLY | O_CLOEXEC));
  for (const char* folder : {"/dev/fd", "/proc/self/fd"}) {
    const fs::path link = fs::path(folder) / std::to_string(file.get());
    EXPECT_THAT(error_message<OutputError>([&] { replace_file(link, "new"); }),
                HasSubstr("not a regular file"));
    EXPECT_THROW(require_writable_file(link), OutputError);
  }
  EXPECT_THAT(directory.entries(), UnorderedElementsAre("file"));
}

TEST(RequireWritableDirectory, CreatesItAndLeavesNothingInIt) {
  const TemporaryDirectory directory;
  require_writable_directory(directory / "a/b/c");
  require_writable_directory(directory / "a/b/c");
  EXPECT_THAT(directory.entries(), UnorderedElementsAre("a", "a/b", "a/b/c"));
}

TEST(RequireWritableDirectory, RefusesWhatCannotBeWritten) {
  const TemporaryDirectory directory;
  test::write_text(directory / "file", "x");
  for (const fs::path& path : {directory / "file", directory / "file/below", fs::path("/proc"),
                               fs::path("/proc/below"), fs::path("")})
    EXPECT_THROW(require_writable_directory(path), OutputError) << path;
}

TEST(RequireWritableFile, RefusesWhatCannotBeReplaced) {
  const TemporaryDirectory directory;
  test::write_text(directory / "file", "old");
  fs::create_directories(directory / "folder");
  fs::create_symlink("folder", directory / "link");
  for (const char* name : {"folder", "link", "file/below"})
    EXPECT_THROW(require_writable_file(directory / name), OutputError) << name;
  EXPECT_THROW(require_writable_file("/dev/null"), OutputError);
  EXPECT_NO_THROW(require_writable_file(directory / "file"));
  EXPECT_NO_THROW(require_writable_file(directory / "new/file"));
  EXPECT_THAT(directory.entries(), UnorderedElementsAre("file", "folder", "link", "new"))
      << "nothing is written yet";
}

TEST(ReadFile, ReadsUpToTheLimit) {
  const TemporaryDirectory directory;
  const fs::path path = directory / "file";
  test::write_text(path, "12345");
  EXPECT_EQ(read_file(path, 5).size(), 5U);
  EXPECT_THAT(error_message<FileError>([&] { read_file(path, 4); }),
              HasSubstr("expected at most 4 bytes, got 5 (" + path.string()));
}

TEST(ReadFile, RefusesWhatIsNotAReadableFile) {
  const TemporaryDirectory directory;
  mkfifo((directory / "fifo").c_str(), 0600);
  EXPECT_THAT(error_message<FileError>([&] { read_file(directory / "none", 10); }),
              HasSubstr("No such file"));
  EXPECT_THAT(error_message<FileError>([&] { read_file(directory.path(), 1U << 20); }),
              HasSubstr("expected a regular file"));
  EXPECT_THROW(read_file(directory / "fifo", 10), FileError) << "and does not wait for a writer";
  EXPECT_THROW(read_file("/dev/zero", 10), FileError);
}

}  // namespace
}  // namespace karnin
