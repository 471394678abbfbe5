#include "formats/io/printable.h"

#include <gmock/gmock.h>

namespace karnin {
namespace {

TEST(Printable, LeavesWhatPeopleWriteAsItIs) {
  for (const char* text : {"", "plain", "µs, Füße, 花, 🙂, é", "two\nlines\tand a tab", "\\u001b",
                           "~\xC2\xA0\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBD\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(printable(text), text);
    EXPECT_TRUE(is_printable(text)) << text;
  }
}

TEST(Printable, EscapesWhatSteersATerminal) {
  const std::pair<std::string, const char*> cases[] = {
      {"\x1B[31mred", "\\u001b[31mred"},
      {"\x1B]0;title\x07", "\\u001b]0;title\\u0007"},
      {"over\rwritten", "over\\u000dwritten"},
      {"\x08\x0B\x0C\x7F", "\\u0008\\u000b\\u000c\\u007f"},
      {std::string("a\0b", 3), "a\\u0000b"},
      {"\xC2\x9B"
       "31m",
       "\\u009b31m"},
      {"\xC2\x80\xC2\x85\xC2\x9F", "\\u0080\\u0085\\u009f"},
      {"\xE2\x80\xAE"
       "abc\xE2\x80\xAC",
       "\\u202eabc\\u202c"},
      {"\xE2\x81\xA6\xE2\x81\xA9\xE2\x80\x8F\xD8\x9C", "\\u2066\\u2069\\u200f\\u061c"},
      {"\xE2\x80\xA8\xE2\x80\xA9", "\\u2028\\u2029"},
      {"\xEF\xBB\xBF\xE2\x80\x8B", "\\ufeff\\u200b"}};
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(printable(text), expected);
    EXPECT_EQ(printable(printable(text)), expected);
    EXPECT_FALSE(is_printable(text)) << expected;
  }
}

TEST(Printable, EscapesWhatIsNoUtf8) {
  const std::pair<std::string, const char*> cases[] = {
      {"\x9B"
       "31m",
       "\\x9b31m"},                // C1 as one byte
      {"\xC0\x9B", "\\xc0\\x9b"},  // ESC in too many bytes
      {"\xE0\x80\x9B", "\\xe0\\x80\\x9b"},
      {"\xF0\x80\x80\x9B", "\\xf0\\x80\\x80\\x9b"},
      {"\xED\xA0\x80", "\\xed\\xa0\\x80"},  // a surrogate
      {"\xF4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
      {"\xFF\xFE", "\\xff\\xfe"},
      {"\xC3", "\\xc3"},  // cut off
      {"\xE2\x82", "\\xe2\\x82"},
      {"\xC3(", "\\xc3("},
      {"\xE2\x82"
       "\x1B",
       "\\xe2\\x82\\u001b"}};
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(printable(text), expected);
    EXPECT_FALSE(is_printable(text)) << expected;
  }
}

TEST(Printable, KeepsOneLineOneLine) {
  EXPECT_EQ(printable_line("one\ntwo\tthree"), "one\\u000atwo\\u0009three");
  EXPECT_EQ(printable_line("µ"), "µ");
}

}  // namespace
}  // namespace karnin
