#include "formats/io/directory_lock.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <optional>

#include "runtime/core/error.h"
#include "tests/support/error_message.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

using test::error_message;
using ::testing::HasSubstr;

TEST(DirectoryLock, IsOnePersons) {
  const test::TemporaryDirectory directory;
  std::optional<DirectoryLock> lock(directory.path());
  EXPECT_THAT(error_message<OutputError>([&] { DirectoryLock second(directory.path()); }),
              HasSubstr("belongs to another run"));
  lock.reset();
  EXPECT_NO_THROW(DirectoryLock(directory.path()));
  EXPECT_TRUE(directory.entries().empty()) << "no file is left behind";
}

TEST(DirectoryLock, EndsWithAProcessThatIsKilled) {
  const test::TemporaryDirectory directory;
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    const DirectoryLock lock(directory.path());
    if (write(ready[1], "x", 1) == 1) pause();
    _exit(1);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  EXPECT_THROW(DirectoryLock(directory.path()), OutputError);
  kill(child, SIGKILL);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_NO_THROW(DirectoryLock(directory.path()));
}

TEST(DirectoryLock, WantsADirectory) {
  const test::TemporaryDirectory directory;
  test::write_text(directory / "file", "x");
  EXPECT_THROW(DirectoryLock(directory / "none"), OutputError);
  EXPECT_THROW(DirectoryLock(directory / "file"), OutputError);
}

}  // namespace
}  // namespace karnin
