#include "runtime/core/error.h"

#include <gtest/gtest.h>

namespace karnin {
namespace {

TEST(Error, FileErrorSaysWhere) {
  const FileError error("models/a.bin", 4096, "expected magic KARN, got ELF");
  EXPECT_STREQ(error.what(), "expected magic KARN, got ELF (models/a.bin, byte 4096)");
  EXPECT_EQ(error.path(), "models/a.bin");
  EXPECT_EQ(error.offset(), 4096U);
}

template <typename E>
class EveryError : public testing::Test {};
using Errors = testing::Types<ArgumentError, ShapeError, DatasetMissingError, OutputError>;
TYPED_TEST_SUITE(EveryError, Errors);

TYPED_TEST(EveryError, IsCaughtAsTheBaseWithItsMessage) {
  try {
    throw TypeParam("what went wrong");
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "what went wrong");
  }
}

}  // namespace
}  // namespace karnin
