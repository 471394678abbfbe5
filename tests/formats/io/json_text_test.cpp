#include "formats/io/json_text.h"

#include <gmock/gmock.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "formats/io/json_view.h"
#include "runtime/core/error.h"
#include "tests/support/error_message.h"

namespace karnin {
namespace {

using test::error_message;
using ::testing::HasSubstr;

std::string refusal(std::string_view text) {
  return error_message<FileError>([&] { parse_json(text, "file", 1000); });
}

std::string nested(int depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(JsonText, FloatsComeBackWithTheSameBits) {
  std::mt19937 rng(5);
  std::vector<float> values{0.4734F, 0.1F, 1e-45F, 3.4028235e38F, -1.0F, 16777216.0F, 1.0F / 3};
  while (values.size() < 10'000)
    if (const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(rng()));
        std::isfinite(value))
      values.push_back(value);
  for (const float value : values)
    EXPECT_EQ(parse_json(json_number(value), "f").get<float>(), value) << json_number(value);
}

TEST(JsonText, WritesShortNumbers) {
  EXPECT_EQ(json_number(0.4734F), "0.4734");
  EXPECT_EQ(json_number(1.0F), "1");
  EXPECT_EQ(json_number(-0.0F), "0");
  EXPECT_EQ(json_number(1e-8F), "1e-08");
  EXPECT_EQ(json_number(3e30F), "3e+30");
}

TEST(JsonText, BoundsTheDepthOfNesting) {
  EXPECT_NO_THROW(parse_json(nested(kMaxJsonDepth), "f"));
  EXPECT_THAT(refusal(nested(kMaxJsonDepth + 1)), HasSubstr("nested deeper than 32"));
  EXPECT_THAT(refusal(std::string(4'000'000, '[')), HasSubstr("nested deeper"));
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += R"({"a":)";
  EXPECT_THAT(refusal(objects), HasSubstr("nested deeper"));
}

TEST(JsonText, RefusesWhatIsNotOneJsonValue) {
  for (const char* text : {"", " ", "{", "[1,]", "{\"a\":1}x", "nul", "01", "\"\xFF\"", "'a'",
                           "// c\n1", "1e999", "NaN", "\"a\nb\"", "{\"a\" 1}"})
    EXPECT_THROW(parse_json(text, "file"), FileError) << text;
  EXPECT_THAT(refusal("[1, x]"), HasSubstr("(file, byte 1005)")) << "origin + position";
}

TEST(JsonText, RefusesRepeatedKeys) {
  EXPECT_THAT(refusal(R"({"a":1,"b":{"a":1},"a":2})"), HasSubstr(R"(the key "a" comes twice)"));
  EXPECT_NO_THROW(parse_json(R"([{"a":1},{"a":{"a":1}}])", "f"));
}

TEST(JsonText, BoundsTheText) {
  EXPECT_THAT(refusal(std::string(kMaxJsonBytes + 1, ' ')), HasSubstr("at most 4194304 bytes"));
  EXPECT_LT(refusal("\"" + std::string(100'000, 'a')).size(), 400U) << "does not echo its input";
}

TEST(JsonText, RefusesToWriteWhatIsNotUtf8) {
  EXPECT_THROW(json_string("\xC3"), ArgumentError);
  EXPECT_EQ(json_string("a\"\\\n\xC3\xA4"), "\"a\\\"\\\\\\n\xC3\xA4\"");
}

TEST(JsonView, IntegersAreChecked) {
  const std::string where = "file";
  const Json json = parse_json(
      R"({"a":[1,-1,1.0,"1",9223372036854775808,18446744073709551615,99999999999999999999]})",
      where);
  const std::vector<JsonView> elements = JsonView(json, where)["a"].elements();
  EXPECT_EQ(elements[0].integer(1, 1), 1);
  EXPECT_EQ(elements[1].integer(-1, 5), -1);
  for (std::size_t i = 1; i < elements.size(); ++i)
    EXPECT_THAT(error_message<FileError>([&] { elements[i].integer(0, 10); }),
                HasSubstr("a[" + std::to_string(i) + "]: expected"));
  EXPECT_THROW(elements[4].integer(std::numeric_limits<std::int64_t>::min(),
                                   std::numeric_limits<std::int64_t>::max()),
               FileError);
}

}  // namespace
}  // namespace karnin
