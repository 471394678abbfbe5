// A training has the data set as it is on disk, and little beside it.
#include <gtest/gtest.h>

#include "tests/cli/workspace.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define KARNIN_SANITIZED 1
#else
#define KARNIN_SANITIZED 0
#endif

namespace karnin {
namespace {

constexpr std::int64_t kImageBytes = 3 * 32 * 32;
constexpr std::int64_t kMebibyte = std::int64_t{1} << 20;

/// Appends `times` copies of the training images as further files of the data set.
std::int64_t enlarge(const test::Workspace& workspace, int times) {
  const std::filesystem::path data = workspace.data();
  for (int i = 0; i < times; ++i)
    std::filesystem::copy_file(data / "data_batch_1.bin",
                               data / ("data_batch_" + std::to_string(i + 2) + ".bin"));
  return (times + 1) * test::kTrainImages + test::kTestImages;
}

// With all that can take memory: every record of the run, checkpoints, images held out, two threads
// with stations for several shard sizes, the tests at the end.
TEST(Memory, TrainingStaysWithin100MebibytesOfTheDataSet) {
  if (KARNIN_SANITIZED) GTEST_SKIP() << "a sanitizer's shadow is larger than that";
  const test::Workspace workspace;
  const std::int64_t images = enlarge(workspace, 19);
  for (const char* batch : {"4", "128"}) {
    const test::ProcessResult result = workspace.run({"train",
                                                      "--data",
                                                      workspace.data(),
                                                      "--epochs",
                                                      "1",
                                                      "--batch",
                                                      batch,
                                                      "--checkpoint-every",
                                                      "20",
                                                      "--validation",
                                                      "0.1",
                                                      "--early-stop",
                                                      "1",
                                                      "--augment",
                                                      "flip,shift",
                                                      "--threads",
                                                      "2",
                                                      "--out",
                                                      workspace.path("run").string(),
                                                      "--overwrite"});
    ASSERT_EQ(result.status, 0) << result.err;
    EXPECT_LT(result.peak_bytes, images * kImageBytes + 100 * kMebibyte) << "batch " << batch;
  }
}

}  // namespace
}  // namespace karnin
