// Whatever call of ours fails while data are fetched: all of them are there, or nothing is.
#include <gmock/gmock.h>

#include <cerrno>

#include "formats/data/fetch.h"
#include "runtime/core/error.h"
#include "tests/support/failing_calls.h"
#include "tests/support/tar_file.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

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

TEST(FetchFault, AFailedCallLeavesNothingBehind) {
  const std::string archive = test::good_archive();
  const test::TemporaryDirectory copy;
  test::write_text(copy / "a.tar.gz", archive);
  const DownloadSource source{"file://" + (copy / "a.tar.gz").string(), test::md5(archive),
                              archive.size(), "data"};
  for (const std::string name : {"mkdtemp", "open", "unlink", "write", "lseek", "fsync"}) {
    // The first file that goes is the probe, which nobody misses when it stays.
    const int first = name == "unlink" ? 1 : 0;
    int nth = first;
    while (fetch_with_failure(name, nth, source)) ++nth;
    EXPECT_GT(nth, first) << name << " was never called";
  }
}

}  // namespace
}  // namespace karnin
