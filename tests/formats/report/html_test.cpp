#include "formats/report/html.h"

#include <gtest/gtest.h>

namespace karnin {
namespace {

TEST(Html, TextCannotBecomeMarkup) {
  EXPECT_EQ(html_text("a<b> & \"c\""), "a&lt;b&gt; &amp; &quot;c&quot;");
  EXPECT_EQ(html_text("\x1B[1m\xE2\x80\xAEx\n"), "\\u001b[1m\\u202ex\\u000a");
  EXPECT_EQ(html_text("käse – 5 %"), "käse – 5 %");
}

TEST(Html, TablesHaveHeadingsAndStyles) {
  HtmlTable table({"x", "y"}, "wide");
  table.add({"1", "2"}, {"", "--a:0.5"});
  EXPECT_EQ(table.str(),
            "<table class=\"wide\"><thead><tr><th scope=\"col\">x</th><th scope=\"col\">y</th></tr>"
            "</thead><tbody><tr><th scope=\"row\">1</th><td style=\"--a:0.5\">2</td></tr></tbody>"
            "</table>\n");
}

TEST(Html, ARowNeedsNoStyles) {
  HtmlTable table({"x", "y"});
  table.add({"1", "2"});
  table.add({"3", "4"}, {"--a:1", ""});
  EXPECT_EQ(table.str(),
            "<table><thead><tr><th scope=\"col\">x</th><th scope=\"col\">y</th></tr></thead><tbody>"
            "<tr><th scope=\"row\">1</th><td>2</td></tr>"
            "<tr><th scope=\"row\" style=\"--a:1\">3</th><td>4</td></tr></tbody></table>\n");
}

TEST(Html, GroupsStandAboveTheirColumns) {
  HtmlTable table({"", "a", "b"});
  table.group({{"", 1}, {"both", 2}});
  EXPECT_EQ(
      table.str(),
      "<table><thead><tr class=\"groups\"><th scope=\"colgroup\" colspan=\"1\"></th>"
      "<th scope=\"colgroup\" colspan=\"2\">both</th></tr><tr><th scope=\"col\"></th>"
      "<th scope=\"col\">a</th><th scope=\"col\">b</th></tr></thead><tbody></tbody></table>\n");
}

}  // namespace
}  // namespace karnin
