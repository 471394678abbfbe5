#include "formats/io/file_status.h"

#include <gmock/gmock.h>

#include "runtime/core/error.h"
#include "tests/support/error_message.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

using test::error_message;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class FileStatus : public ::testing::Test {
 protected:
  FileStatus() {
    test::write_text(directory_ / "b", "12345");
    test::write_text(directory_ / "a", "");
    fs::create_symlink("loop", loop_);  // errors like that of permission, which root has always
  }
  test::TemporaryDirectory directory_;
  fs::path loop_ = directory_ / "loop";
};

TEST_F(FileStatus, TellsWhatIsThere) {
  EXPECT_TRUE(is_there(directory_ / "a"));
  EXPECT_TRUE(is_there(directory_.path()));
  EXPECT_FALSE(is_there(directory_ / "none"));
  EXPECT_FALSE(is_there(directory_ / "a" / "below a file"));
  EXPECT_TRUE(is_directory_there(directory_.path()));
  EXPECT_FALSE(is_directory_there(directory_ / "a"));
  EXPECT_FALSE(is_directory_there(directory_ / "none"));
  EXPECT_EQ(file_bytes(directory_ / "b"), 5);
  fs::remove(loop_);
  EXPECT_THAT(entries_of(directory_.path()), ElementsAre(directory_ / "a", directory_ / "b"));
}

TEST_F(FileStatus, WhatCannotBeToldIsAnError) {
  const fs::path too_long = directory_ / std::string(5000, 'x');
  for (const fs::path& path : {loop_, loop_ / "below", too_long}) {
    EXPECT_THAT(error_message<FileError>([&] { is_there(path); }), HasSubstr("cannot read: "));
    EXPECT_THROW(is_directory_there(path), FileError);
    EXPECT_THROW(file_bytes(path), FileError);
    EXPECT_THROW(entries_of(path), FileError);
  }
  EXPECT_THAT(error_message<FileError>([&] { file_bytes(directory_ / "none"); }),
              HasSubstr("No such file"));
  EXPECT_THROW(file_bytes(directory_.path()), FileError);
  EXPECT_THROW(entries_of(directory_ / "a"), FileError);
}

}  // namespace
}  // namespace karnin
