// Whatever call of ours fails while data are fetched: all of them are there, or nothing is.
#include <gmock/gmock.h>

#include <cerrno>
#include <filesystem>

#include "formats/data/fetch.h"
#include "runtime/core/error.h"
#include "tests/support/error_message.h"
#include "tests/support/failing_calls.h"
#include "tests/support/tar_file.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

using test::FailingCalls;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Whether the nth call of that name was made, and failed.
bool fetch_with_failure(const std::string& name, int nth, const DownloadSource& source) {
  const test::TemporaryDirectory cache;
  bool happened = false;
  {
    const FailingCalls fault(name, nth, false, ENOSPC);
    try {
      fetch(source, cache.path(), nullptr);
      EXPECT_FALSE(fault.happened()) << name << ", " << nth;
    } catch (const OutputError& error) {
      EXPECT_THAT(error.what(), HasSubstr("No space left on device"));
    }
    happened = fault.happened();
  }
  if (happened)
    EXPECT_THAT(cache.entries(), IsEmpty()) << name << ", " << nth;
  else
    EXPECT_EQ(test::read_bytes(cache / "data/one.bin"), std::vector<std::uint8_t>(100'000, '1'));
  return happened;
}

DownloadSource source_in(const test::TemporaryDirectory& directory, const std::string& archive) {
  const fs::path file = directory / "a.tar.gz";
  test::write_text(file, archive);
  return {"file://" + file.string(), test::md5(archive), archive.size(), "data"};
}

TEST(FetchFault, AFailedCallLeavesNothingBehind) {
  const test::TemporaryDirectory copy;
  const DownloadSource source = source_in(copy, test::good_archive());
  for (const std::string name : {"mkdtemp", "open", "unlink", "write", "lseek", "fsync"}) {
    // The first file that goes is the probe, which nobody misses when it stays.
    const int first = name == "unlink" ? 1 : 0;
    int nth = first;
    while (fetch_with_failure(name, nth, source)) ++nth;
    EXPECT_GT(nth, first) << name << " was never called";
  }
}

/// What has arrived is unpacked in blocks, between which it can be stopped.
TEST(FetchFault, AnInterruptionWhileItUnpacksLeavesNothingBehind) {
  const test::TemporaryDirectory cache, copy;
  const DownloadSource source = source_in(copy, test::good_archive());
  const auto interrupt_later = [&](auto, auto) {
    for (const fs::path& entry : fs::directory_iterator(cache.path()))
      if (fs::exists(entry / "data/two.txt")) throw std::runtime_error("interrupted");
  };
  EXPECT_EQ(test::error_message<std::runtime_error>(
                [&] { fetch(source, cache.path(), interrupt_later); }),
            "interrupted");
  EXPECT_THAT(cache.entries(), IsEmpty());
}

/// rename() would fail so too, after the download.
TEST(FetchFault, AMountPointIsFoundBeforeTheDownload) {
  const test::TemporaryDirectory cache;
  fs::create_directory(cache / "data");
  const FailingCalls fault("rmdir", 0, false, EBUSY);
  bool asked = false;
  EXPECT_EQ(test::error_message<OutputError>([&] {
              fetch({"file:///dev/null", "", 1, "data"}, cache.path(),
                    [&](auto, auto) { asked = true; });
            }),
            "cannot replace '" + (cache / "data").string() + "': it is a mount point, expected '" +
                cache.path().string() + "' to be one");
  EXPECT_FALSE(asked);
}

}  // namespace
}  // namespace karnin
