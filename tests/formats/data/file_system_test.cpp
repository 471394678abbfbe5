// What a file system does not offer, or does by halves, costs no result.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cerrno>

#include "formats/io/atomic_file.h"
#include "formats/io/directory_lock.h"
#include "formats/io/temporary_file.h"
#include "formats/model/model_file.h"
#include "runtime/core/error.h"
#include "tests/support/failing_calls.h"
#include "tests/support/random_model.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

using test::FailingCalls;

void expect_alone(const test::TemporaryDirectory& directory, const Model& model) {
  EXPECT_EQ(read_model(directory / "model.bin"), model);
  EXPECT_EQ(directory.entries(), std::vector<std::string>{"model.bin"});
}

/// What FUSE, CIFS and mounts answer to a call that they know nothing of.
struct Refusal {
  std::string call;
  int nth;  ///< from this one on
  std::vector<int> errors;
};

const Refusal kRefusals[] = {
    {"fchmod", 0, {EINVAL, ENOSYS, EOPNOTSUPP, EPERM}},
    {"fsync", 0, {EINVAL, ENOSYS, EOPNOTSUPP, EPERM}},
    {"rename", 0, {EINVAL, ENOSYS, EOPNOTSUPP, EPERM, EACCES, EBUSY, EXDEV}},
    {"flock", 0, {EINVAL, ENOSYS, EOPNOTSUPP, ENOLCK, EBADF}}};

TEST(FileSystem, WhatAFileSystemDoesNotOfferCostsNoResult) {
  const Model old_model = test::tiny_model(), new_model = test::packed_model();
  for (const auto& [call, nth, errors] : kRefusals)
    for (const int error : errors)
      for (const bool exists : {true, false})
        for (const auto mode : {0644, 0600}) {
          const test::TemporaryDirectory directory;
          const auto file = directory / "model.bin";
          if (exists) write_model(file, old_model);
          if (exists) std::filesystem::permissions(file, std::filesystem::perms(mode));
          const FailingCalls fault(call, nth, true, error);
          EXPECT_NO_THROW(require_writable_file(file)) << call << ": " << error;
          if (exists) {
            EXPECT_EQ(read_model(file), old_model) << "nothing is written yet";
          }
          EXPECT_NO_THROW(write_model(file, new_model)) << call << ": " << error;
          expect_alone(directory, new_model);
          if (exists) {
            EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms(mode));
          }
        }
}

TEST(FileSystem, WhatCanOnlyBeOverwrittenIsForetold) {
  const test::TemporaryDirectory directory;
  const auto file = directory / "file";
  for (const bool exists : {false, true}) {
    if (exists) test::write_text(file, "old");
    for (const int error : {EINVAL, ENOSYS, EOPNOTSUPP, EPERM, EXDEV, EBUSY}) {
      const FailingCalls fault("rename", 0, true, error);
      EXPECT_EQ(require_writable_file(file), std::error_code(error, std::generic_category()));
    }
    for (const int error : {EACCES, EPERM, EROFS}) {
      const FailingCalls fault("open", 0, false, error);
      EXPECT_EQ(require_writable_file(file), std::error_code(error, std::generic_category()));
    }
    for (const int error : {EACCES, EPERM, EROFS, ENOSPC, EIO}) {
      const FailingCalls fault("open", 0, true, error);
      EXPECT_THROW(require_writable_file(file), OutputError) << "nor can it be overwritten";
    }
    const FailingCalls unsynced("fsync", 0, true, EINVAL), unlocked("flock", 0, true, ENOLCK);
    EXPECT_FALSE(require_writable_file(file)) << "these it can do without";
  }
  std::filesystem::permissions(file, std::filesystem::perms(0600));
  const mode_t old_umask = umask(022);
  const FailingCalls fault("fchmod", 0, true, EPERM);
  EXPECT_TRUE(require_writable_file(file)) << "a sibling would be for others to read";
  std::filesystem::permissions(file, std::filesystem::perms(0644));
  EXPECT_FALSE(require_writable_file(file)) << "a sibling has this mode as it is";
  umask(old_umask);
}

TEST(FileSystem, ATemporaryThatIsTakenAwayIsMadeAgain) {
  const test::TemporaryDirectory directory;
  const Model model = test::packed_model();
  for (const auto& [call, error] : {std::pair{"rename", ENOENT}, std::pair{"flock", EWOULDBLOCK}}) {
    const FailingCalls fault(call, 0, false, error);
    write_model(directory / "model.bin", model);
    EXPECT_TRUE(fault.happened());
    expect_alone(directory, model);
  }
  const FailingCalls fault("flock", 0, true, EWOULDBLOCK);
  EXPECT_THROW(write_model(directory / "model.bin", model), OutputError) << "and not for ever";
}

TEST(FileSystem, AFileSystemWithoutLocksIsNotSwept) {
  const test::TemporaryDirectory directory;
  const std::string left = ".karnin-0123456789abcdef.tmp";
  test::write_text(directory / left, "text");
  for (const int error : {ENOLCK, EOPNOTSUPP, ENOSYS, EBADF, EWOULDBLOCK}) {
    const FailingCalls fault("flock", 0, true, error);
    remove_leftovers(directory.path());
    EXPECT_TRUE(fault.happened());
    EXPECT_EQ(directory.entries(), std::vector<std::string>{left});
  }
  remove_leftovers(directory.path());
  EXPECT_TRUE(directory.entries().empty());
}

TEST(FileSystem, AFileSystemWithoutLocksGivesNone) {
  const test::TemporaryDirectory directory;
  const DirectoryLock first(directory.path());
  const FailingCalls fault("flock", 0, false, ENOLCK);
  EXPECT_NO_THROW(DirectoryLock(directory.path()));
  EXPECT_TRUE(fault.happened());
}

TEST(FileSystem, InterruptedAndShortWritesAreGoneOnWith) {
  const test::TemporaryDirectory directory;
  const Model model = test::packed_model();
  for (const int error : {EINTR, 0}) {
    for (int k = 0; k < 3; ++k) {
      const FailingCalls fault("write", k, false, error);
      EXPECT_NO_THROW(write_model(directory / "model.bin", model));
      EXPECT_EQ(read_model(directory / "model.bin"), model);
    }
  }
  const FailingCalls halves("write", 0, true, 0);
  EXPECT_NO_THROW(write_model(directory / "model.bin", model));
  EXPECT_TRUE(halves.happened());
  EXPECT_EQ(read_model(directory / "model.bin"), model);
}

}  // namespace
}  // namespace karnin
