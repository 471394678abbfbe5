#include "runtime/layers/fc_kernel.h"

#include <gmock/gmock.h>

#include "runtime/core/error.h"
#include "tests/support/error_message.h"
#include "tests/support/isa_level.h"

namespace karnin {
namespace {

TEST(FcKernel, HasANameThatLeadsBack) {
  for (const FcKernel kernel :
       {FcKernel::onednn, FcKernel::dense, FcKernel::sparse_lanes, FcKernel::sparse_gather})
    EXPECT_EQ(fc_kernel_from_string(to_string(kernel)), kernel);
  EXPECT_EQ(to_string(FcKernel::sparse_gather), "sparse-gather");
}

TEST(FcKernel, RejectsOtherNames) {
  const std::string message =
      test::error_message<ArgumentError>([] { fc_kernel_from_string("fast"); });
  EXPECT_THAT(message, testing::HasSubstr("'fast'"));
  EXPECT_THAT(message, testing::HasSubstr("onednn, dense, sparse-lanes, sparse-gather"));
}

}  // namespace
}  // namespace karnin
