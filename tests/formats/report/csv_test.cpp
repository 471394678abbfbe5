#include "formats/report/csv.h"

#include <gtest/gtest.h>

namespace karnin {
namespace {

TEST(Csv, QuotesOnlyWhatNeedsIt) {
  Csv csv({"plain", "comma", "quote", "break"});
  csv.add({"a b", "a,b", "a\"b", "a\nb"});
  csv.add({"", "", "", ""});
  EXPECT_EQ(csv.str(), "plain,comma,quote,break\na b,\"a,b\",\"a\"\"b\",\"a\nb\"\n,,,\n");
}

TEST(Csv, NothingIsComputed) {
  Csv csv({"=1+1", "-x", "@a", "+1+1"});
  csv.add({"=HYPERLINK(\"http://x\")", "-2+3", "+", "\t=1"});
  csv.add({"-1.5", "+2", "-1e-08", "a=b"});
  EXPECT_EQ(csv.str(),
            "'=1+1,'-x,'@a,'+1+1\n\"'=HYPERLINK(\"\"http://x\"\")\",'-2+3,'+,'\t=1\n"
            "-1.5,+2,-1e-08,a=b\n");
}

}  // namespace
}  // namespace karnin
