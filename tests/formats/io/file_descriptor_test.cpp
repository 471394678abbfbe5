#include "formats/io/file_descriptor.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <array>

#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

FileDescriptor null_device() { return FileDescriptor(open("/dev/null", O_WRONLY)); }

bool is_open(int descriptor) { return fcntl(descriptor, F_GETFD) != -1; }

TEST(FileDescriptor, ClosesItselfOnce) {
  int number = -1;
  {
    FileDescriptor first = null_device();
    number = first.get();
    const FileDescriptor second = std::move(first);
    EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): to be empty is its contract
    EXPECT_EQ(second.get(), number);
    EXPECT_TRUE(is_open(number));
  }
  EXPECT_FALSE(is_open(number));
}

TEST(FileDescriptor, AssignmentClosesWhatWasThere) {
  FileDescriptor file = null_device();
  const int old = file.get();
  FileDescriptor other = null_device();
  const int number = other.get();
  file = std::move(other);
  EXPECT_FALSE(is_open(old));
  EXPECT_EQ(file.get(), number);
  EXPECT_TRUE(is_open(number));
}

TEST(FileDescriptor, AssignmentToItselfChangesNothing) {
  FileDescriptor file = null_device();
  const int number = file.get();
  FileDescriptor& same = file;
  file = std::move(same);
  EXPECT_EQ(file.get(), number);
  EXPECT_TRUE(is_open(number));
}

TEST(FileDescriptor, KeepsTheErrorOfAFailedOpen) {
  FileDescriptor file = null_device();
  file = FileDescriptor(open("/dev/null/below", O_WRONLY));
  EXPECT_EQ(errno, ENOTDIR);
  EXPECT_FALSE(file);
}

TEST(FileDescriptor, WritesAllOrSaysWhyNot) {
  const test::TemporaryDirectory directory;
  const std::array<std::uint8_t, 3> bytes{1, 2, 3};
  const FileDescriptor file(open((directory / "file").c_str(), O_WRONLY | O_CREAT, 0600));
  EXPECT_EQ(file.write_all(bytes), 0);
  EXPECT_EQ(test::read_bytes(directory / "file"), std::vector<std::uint8_t>({1, 2, 3}));
  EXPECT_EQ(FileDescriptor(open("/dev/full", O_WRONLY)).write_all(bytes), ENOSPC);
  EXPECT_EQ(FileDescriptor().write_all(bytes), EBADF);
}

}  // namespace
}  // namespace karnin
