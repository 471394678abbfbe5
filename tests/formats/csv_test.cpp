#include "formats/csv.h"

#include <gtest/gtest.h>

namespace karnin {
namespace {

TEST(Csv, QuotesOnlyWhatNeedsIt) {
  Csv csv({"plain", "comma", "quote", "break"});
  csv.add({"a b", "a,b", "a\"b", "a\nb"});
  csv.add({"", "", "", ""});
  EXPECT_EQ(csv.str(), "plain,comma,quote,break\na b,\"a,b\",\"a\"\"b\",\"a\nb\"\n,,,\n");
}

}  // namespace
}  // namespace karnin
