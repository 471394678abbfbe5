// A file is created beside whatever else is, and takes nobody's place, however late that came.
#include <gmock/gmock.h>

#include <atomic>
#include <cerrno>
#include <thread>

#include "formats/io/atomic_file.h"
#include "runtime/core/error.h"
#include "tests/support/failing_calls.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

using test::FailingCalls;
using test::TemporaryDirectory;
using ::testing::ElementsAre;

bool create(const fs::path& path, const std::string& text) {
  return create_file(path, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::string text_of(const fs::path& path) {
  const std::vector<std::uint8_t> bytes = test::read_bytes(path);
  return {bytes.begin(), bytes.end()};
}

TEST(CreateFile, LeavesWhatIsThere) {
  const TemporaryDirectory directory;
  EXPECT_TRUE(create(directory / "file", "first"));
  EXPECT_FALSE(create(directory / "file", "second"));
  EXPECT_EQ(text_of(directory / "file"), "first");
  fs::create_directory(directory / "folder");
  EXPECT_FALSE(create(directory / "folder", "x"));
  EXPECT_THAT(directory.entries(), testing::UnorderedElementsAre("file", "folder"));
}

TEST(CreateFile, TakesThePlaceOfAnEmptyOne) {
  const TemporaryDirectory directory;
  test::write_text(directory / "file", "");
  fs::permissions(directory / "file", fs::perms(0600));
  EXPECT_TRUE(create(directory / "file", "text"));
  EXPECT_EQ(text_of(directory / "file"), "text");
  EXPECT_EQ(fs::status(directory / "file").permissions(), fs::perms(0600));
}

TEST(CreateFile, IsWhereTheLinkLeads) {
  const TemporaryDirectory directory;
  fs::create_symlink("file", directory / "link");
  EXPECT_TRUE(create(directory / "link", "text"));
  EXPECT_EQ(text_of(directory / "file"), "text");
  EXPECT_FALSE(create(directory / "link", "other"));
  EXPECT_TRUE(fs::is_symlink(directory / "link"));
}

/// What a file system may lack: nothing, RENAME_NOREPLACE, and hard links too.
const std::vector<std::vector<std::string>> kLacking{{}, {"renameat2"}, {"renameat2", "link"}};

TEST(CreateFile, GetsByWithWhatTheFileSystemOffers) {
  for (const auto& calls : kLacking)
    for (const int error : {EINVAL, ENOSYS, EOPNOTSUPP, EPERM}) {
      const TemporaryDirectory directory;
      std::vector<std::unique_ptr<FailingCalls>> faults;
      for (const std::string& call : calls)
        faults.push_back(std::make_unique<FailingCalls>(call, 0, true, error));
      EXPECT_TRUE(create(directory / "file", "first"));
      EXPECT_FALSE(create(directory / "file", "second"));
      EXPECT_EQ(text_of(directory / "file"), "first");
      EXPECT_THAT(directory.entries(), ElementsAre("file"));
      for (const auto& fault : faults) EXPECT_TRUE(fault->happened());
    }
}

/// The name was free when it was looked at, and is taken when the file is to get it.
TEST(CreateFile, LeavesWhatCameLate) {
  const TemporaryDirectory directory;
  {
    const FailingCalls late("renameat2", 0, true, EEXIST);
    EXPECT_FALSE(create(directory / "file", "text"));
    EXPECT_TRUE(late.happened());
  }
  const FailingCalls no_flag("renameat2", 0, true, ENOSYS), late("link", 0, true, EEXIST);
  EXPECT_FALSE(create(directory / "file", "text"));
  EXPECT_TRUE(late.happened());
  EXPECT_TRUE(directory.entries().empty());
}

TEST(CreateFile, WritesInPlaceWhereNoSiblingCanBe) {
  const TemporaryDirectory directory;
  const FailingCalls no_sibling("open", 0, false, EROFS);
  EXPECT_TRUE(create(directory / "file", "text"));
  EXPECT_TRUE(no_sibling.happened());
  EXPECT_EQ(text_of(directory / "file"), "text");
}

TEST(CreateFile, OneOfManyWhoRaceForANameGetsIt) {
  const TemporaryDirectory directory;
  for (int round = 0; round < 50; ++round) {
    std::atomic<int> got = 0;
    const fs::path path = directory / std::to_string(round);
    {
      std::vector<std::jthread> all;
      for (int i = 0; i < 4; ++i) all.emplace_back([&] { got += create(path, "text") ? 1 : 0; });
    }
    EXPECT_EQ(got, 1);
    EXPECT_EQ(text_of(path), "text");
  }
}

TEST(CreateFile, SaysWhatFailed) {
  const TemporaryDirectory directory;
  for (const char* call : {"write", "fsync", "renameat2"}) {
    const FailingCalls fault(call, 0, true, ENOSPC);
    EXPECT_THROW(create(directory / "file", "text"), OutputError) << call;
    EXPECT_TRUE(directory.entries().empty()) << call;
  }
}

}  // namespace
}  // namespace karnin
