#include "cli/options/name_list.h"

#include <gmock/gmock.h>

#include "runtime/core/error.h"
#include "tests/support/error_message.h"

namespace karnin::cli {
namespace {

using Names = std::vector<std::string>;

/// What `--names` and `--out` get from these words.
std::pair<Names, std::string> parse(Names words, const Names& known = {}) {
  CLI::App app;
  Names names{"what was there"};
  std::string out;
  add_names(app, "--names", names, "", known);
  app.add_option("--out", out);
  std::ranges::reverse(words);
  app.parse(std::move(words));
  return {names, out};
}

TEST(NameList, TakesCommasAndWords) {
  EXPECT_EQ(parse({"--names", "a,b", "--out", "x"}).first, (Names{"a", "b"}));
  EXPECT_EQ(parse({"--names", "a", "b,c", "--out", "x"}).first, (Names{"a", "b", "c"}));
  EXPECT_EQ(parse({"--names=a,b"}).first, (Names{"a", "b"}));
  EXPECT_EQ(parse({"--names", "a", "--out", "x"}).second, "x");
}

TEST(NameList, AnEmptyNameIsAnError) {
  for (const char* word : {",", "a,", ",a", "a,,b", ",,"})
    for (const Names& words : {Names{"--names", word, "--out", "x"}, Names{"--names", word},
                               Names{std::string("--names=") + word}, Names{"--names", "a", word}})
      EXPECT_EQ(
          test::error_message<ArgumentError>([&] { parse(words); }),
          "--names: expected names with commas between them, got '" + std::string(word) + "'");
}

TEST(NameList, ANameStandsThereOnce) {
  for (const Names& words : {Names{"--names", "a,b,a"}, Names{"--names", "a", "b,a"}})
    EXPECT_EQ(test::error_message<ArgumentError>([&] { parse(words); }),
              "--names: expected different names, got 'a' twice");
}

TEST(NameList, NamesWhatItKnows) {
  EXPECT_EQ(parse({"--names", "b,a"}, {"a", "b"}).first, (Names{"b", "a"}));
  EXPECT_EQ(test::error_message<ArgumentError>([&] { parse({"--names", "a,c"}, {"a", "b"}); }),
            "--names: expected a or b, got 'c'");
}

}  // namespace
}  // namespace karnin::cli
