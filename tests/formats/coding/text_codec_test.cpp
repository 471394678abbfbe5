#include "formats/coding/text_codec.h"

#include <gmock/gmock.h>

#include <random>

#include "formats/coding/padding.h"
#include "formats/coding/text_model.h"
#include "formats/io/json_text.h"
#include "formats/model/architecture_json.h"
#include "runtime/graph/networks.h"
#include "tests/support/error_message.h"

namespace karnin {
namespace {

using test::error_message;
using ::testing::HasSubstr;

using Bytes = std::vector<std::uint8_t>;

Bytes encode(std::string_view text) {
  ByteWriter writer;
  encode_text(text, writer);
  return writer.take();
}

std::string decode(const Bytes& bytes) { return decode_text(ByteReader(bytes, "file"), "text"); }

TEST(TextCodec, AnyBytesComeBack) {
  std::mt19937 rng(1);
  for (const unsigned alphabet : {1U, 2U, 30U, 256U})
    for (const std::size_t size : {0, 1, 2, 5, 6, 7, 100, 3000}) {
      std::string text(size, '\0');
      for (char& c : text) c = static_cast<char>(rng() % alphabet + (alphabet < 256 ? 'a' : 0));
      const Bytes bytes = encode(text);
      EXPECT_EQ(decode(bytes), text);
      EXPECT_LE(bytes.size(), size + 1);
    }
}

TEST(TextCodec, ArchitecturesTakeAnEighth) {
  const std::string usual = architecture_to_json(khanal2018());
  EXPECT_LT(encode(usual).size(), usual.size() / 8);
  EXPECT_EQ(decode(encode(usual)), usual);
}

TEST(TextCodec, LongTextsRepeatThemselves) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += R"({"epoch":)" + std::to_string(i) + R"(,"loss":1.5},)";
  EXPECT_LT(encode(text).size(), text.size() / 10);
  EXPECT_EQ(decode(encode(text)), text);
}

TEST(TextCodec, BoundsTextPerByte) {
  const std::string text(100'000, 'a');
  EXPECT_EQ(encode(text).size(), least_payload_bytes(text.size())) << "filled up with zeros";
  EXPECT_EQ(decode(encode(text)), text);
}

TEST(TextCodec, BothCodingsAreReadAndTheWriterTakesTheShorter) {
  std::mt19937 rng(2);
  for (const std::string& usual : {architecture_to_json(khanal2018()), std::string(300, 'a')})
    for (const std::size_t size : {0, 1, 4, 9, 40, 300}) {
      std::string text = usual.substr(0, size);
      for (std::size_t i = 0; i < text.size(); i += 1 + rng() % 40)
        text[i] = static_cast<char>(rng());
      const Bytes plain = encode_text_as(TextCoding::plain, text);
      const Bytes coded = encode_text_as(TextCoding::coded, text);
      EXPECT_EQ(decode(plain), text);
      EXPECT_EQ(decode(coded), text);
      EXPECT_EQ(encode(text), coded.size() < plain.size() ? coded : plain);
    }
  EXPECT_EQ(decode({0, 'a', 'b'}), "ab") << "by hand, from FORMAT.md";
}

TEST(TextCodec, RefusesWhatTheWriterNeverWrites) {
  const auto refusal = [](const Bytes& bytes) {
    return error_message<FileError>([&] { decode(bytes); });
  };
  const std::string text = architecture_to_json(khanal2018());
  const Bytes coded = encode(text);
  EXPECT_THAT(refusal({}), HasSubstr("text: expected 1 bytes"));
  EXPECT_THAT(refusal({2}), HasSubstr("coding 0 or 1, got 2"));
  EXPECT_THAT(refusal(Bytes(kMaxJsonBytes + 2)), HasSubstr("expected at most"));
  EXPECT_THAT(refusal({1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F}), HasSubstr("expected at most"));
  for (std::size_t length = 0; length < coded.size(); ++length)
    EXPECT_THROW(decode(Bytes(coded.begin(), coded.begin() + static_cast<std::ptrdiff_t>(length))),
                 FileError);
  Bytes longer = coded;
  longer.push_back(0);
  EXPECT_THAT(refusal(longer), HasSubstr("expected its end"));
}

/// A byte that was foretold and then written out would be a second form of the same text.
TEST(TextCodec, RefusesToBeToldWhatWasForetold) {
  TextModel model = primed_model();
  ASSERT_TRUE(model.predicts());
  RangeEncoder encoder;
  encoder.bit(model.hit_bit(), false);
  model.literal().encode(encoder, model.prediction(), 8);
  Bytes bytes = encoder.finish();
  bytes.insert(bytes.begin(), {1, 1});
  EXPECT_THAT(error_message<FileError>([&] { decode(bytes); }),
              HasSubstr("text: byte 0 was foretold, and is written out"));
}

TEST(TextCodec, ChangedBitsAreRefusedOrTheFormOfTheirCoding) {
  const Bytes coded = encode(architecture_to_json(khanal2018()));
  for (std::size_t bit = 0; bit < coded.size() * 8; ++bit) {
    Bytes changed = coded;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    try {
      const std::string text = decode(changed);
      ASSERT_EQ(encode_text_as(TextCoding{changed[0]}, text), changed) << "bit " << bit;
    } catch (const FileError&) {
    }
  }
}

}  // namespace
}  // namespace karnin
