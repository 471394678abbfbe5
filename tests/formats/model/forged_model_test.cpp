// Files with sound checksums whose fields and sections are not what they must be.
#include <gmock/gmock.h>

#include "formats/coding/text_codec.h"
#include "formats/io/byte_writer.h"
#include "formats/io/container.h"
#include "formats/model/model_file.h"
#include "tests/support/allocation_meter.h"
#include "tests/support/error_message.h"
#include "tests/support/forged_file.h"
#include "tests/support/random_model.h"

namespace karnin {
namespace {

using test::error_message;
using ::testing::HasSubstr;

using test::get;
using test::kCountAt;
using test::kEntryBytes;
using test::kFileSizeAt;
using test::kTableAt;
using test::put;
using test::reseal;

/// Reading for inference refuses the same for the same reasons.
std::string refusal(std::span<const std::uint8_t> bytes) {
  const std::string message =
      error_message<FileError>([&] { decode_compact_model(bytes, "file"); });
  EXPECT_EQ(error_message<FileError>([&] { decode_model(bytes, "file"); }), message);
  return message;
}

/// tiny_model() in sections, for a test to spoil.
std::vector<Section> tiny_sections() {
  std::vector<Section> sections;
  const std::vector<std::uint8_t> bytes = encode_model(test::tiny_model());
  for (SectionView& view : decode_container(bytes, "file")) {
    const auto payload = view.payload.bytes(view.payload.remaining(), "payload");
    sections.push_back({view.kind, {payload.begin(), payload.end()}});
  }
  return sections;
}

std::string refusal_of(const std::vector<Section>& sections) {
  return refusal(encode_container(sections));
}

Section text_section(SectionKind kind, std::string_view text) {
  ByteWriter writer;
  encode_text(text, writer);
  return {kind, writer.take()};
}

constexpr std::size_t kProvenance = 1, kFirstTensor = 2, kFcWeight = 4, kSensitivity = 6;

TEST(ForgedModel, TrailingBytesAreRefused) {
  std::vector<std::uint8_t> bytes = encode_model(test::tiny_model());
  bytes.push_back(0);
  EXPECT_THAT(refusal(bytes), HasSubstr("file size: expected"));
  put(bytes, kFileSizeAt, bytes.size(), 8);
  reseal(bytes);
  EXPECT_THAT(refusal(bytes), HasSubstr("expected its end, got 1 more bytes"));
}

TEST(ForgedModel, ForeignFilesAreRefused) {
  const std::string text = "P6 this is no model, but it is long enough to be one: ............";
  EXPECT_THAT(refusal({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}),
              HasSubstr("not a karnin model"));
  EXPECT_THAT(refusal({}), HasSubstr("magic: expected 8 bytes, got 0 (file, byte 0)"));
}

TEST(ForgedModel, UnknownVersionsFeaturesAndKindsAreRefused) {
  const std::vector<std::uint8_t> original = encode_model(test::tiny_model());
  std::vector<std::uint8_t> bytes = original;
  put(bytes, 8, 4, 4);
  EXPECT_THAT(refusal(bytes), HasSubstr("format version: expected 1 to 3, got 4 (file, byte 8)"))
      << "even though the checksum is that of another version";
  bytes = original;
  put(bytes, 12, 0x80000000U, 4);
  reseal(bytes);
  EXPECT_THAT(refusal(bytes), HasSubstr("features: expected none, got 0x80000000 (file, byte 12)"));
  for (const std::uint32_t kind : {0U, 5U, 0x80000004U}) {
    std::vector<Section> sections = tiny_sections();
    sections.push_back({static_cast<SectionKind>(kind), {1, 2, 3}});
    EXPECT_THAT(refusal_of(sections),
                HasSubstr("section kind: expected 4 (sensitivity), got " + std::to_string(kind)));
  }
}

TEST(ForgedModel, CountsAndLengthsAreNotBelieved) {
  const std::vector<std::uint8_t> original = encode_model(test::tiny_model());
  const auto with = [&](std::size_t at, std::uint64_t value, std::size_t size) {
    std::vector<std::uint8_t> bytes = original;
    put(bytes, at, value, size);
    reseal(bytes);
    return refusal(bytes);
  };
  EXPECT_THAT(with(kCountAt, 0xFFFFFFFF, 4), HasSubstr("section count: expected at most 16384"));
  EXPECT_THAT(with(kCountAt, 16384, 4), HasSubstr("section table: expected 262144 bytes"));
  EXPECT_THAT(with(kCountAt, 0, 4), HasSubstr("expected its end"));
  EXPECT_THAT(with(kFileSizeAt, 0xFFFFFFFFFFFFFFFF, 8), HasSubstr("file size"));
  EXPECT_THAT(with(kTableAt + 8, 0xFFFFFFFFFFFFFFFF, 8), HasSubstr("section payload: expected"));
  EXPECT_THAT(with(kTableAt + 8, 0, 8), HasSubstr("expected its end"));
  // The lengths of two neighbours shifted against each other: the sum still fits.
  std::vector<std::uint8_t> bytes = original;
  const std::size_t tensor = kTableAt + kFirstTensor * kEntryBytes + 8;
  put(bytes, tensor, get(bytes, tensor, 8) + 1, 8);
  put(bytes, tensor + kEntryBytes, get(bytes, tensor + kEntryBytes, 8) - 1, 8);
  reseal(bytes);
  EXPECT_THAT(refusal(bytes), HasSubstr("conv.weight: tensor: expected its end, got 1 more"));
}

TEST(ForgedModel, SectionsMustBeCompleteAndInOrder) {
  std::vector<Section> sections = tiny_sections();
  std::swap(sections[0], sections[kProvenance]);
  EXPECT_THAT(refusal_of(sections), HasSubstr("expected 1 (description), got 2"));
  sections = tiny_sections();
  sections.insert(sections.begin(), sections[0]);
  EXPECT_THAT(refusal_of(sections), HasSubstr("expected 3 (conv.weight), got 1"));
  sections = tiny_sections();
  sections.insert(sections.begin() + kProvenance, sections[kProvenance]);
  EXPECT_THAT(refusal_of(sections), HasSubstr("expected 3 (conv.weight), got 2"));
  sections = tiny_sections();
  sections.erase(sections.begin() + kFcWeight);
  EXPECT_THAT(refusal_of(sections), HasSubstr("fc.weight: values: expected "));
  sections = tiny_sections();
  sections.insert(sections.begin() + kFcWeight, sections[kFcWeight]);
  EXPECT_THAT(refusal_of(sections), HasSubstr("fc.bias: "));
  sections.resize(kFcWeight);
  EXPECT_THAT(refusal_of(sections), HasSubstr("fc.weight: the section is missing"));
  EXPECT_THAT(refusal_of({}), HasSubstr("description: the section is missing"));
}

TEST(ForgedModel, DescriptionsMustBeCanonicalAndSound) {
  const std::vector<Section> original = tiny_sections();
  const std::string description = decode_text(ByteReader(original[0].payload, "file"), "text");
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = description;
    text.replace(text.find(from), from.size(), to);
    std::vector<Section> sections = original;
    sections[0] = text_section(SectionKind::description, text);
    return refusal_of(sections);
  };
  EXPECT_THAT(with("{", "{ "), HasSubstr("canonical"));
  EXPECT_THAT(with("0.25", "0.250"), HasSubstr("canonical"));
  EXPECT_THAT(with("0.25", "2.5e-1"), HasSubstr("canonical"));
  EXPECT_THAT(with("\"oc\":2,\"kernel\":[2,2]", "\"kernel\":[2,2],\"oc\":2"), HasSubstr("canonic"));
  EXPECT_THAT(with(",\"stride\":[1,1]", ""), HasSubstr("canonical"));
  EXPECT_THAT(with("\"oc\":2", "\"oc\":2,\"oc\":2"), HasSubstr("comes twice"));
  EXPECT_THAT(with("\"classes\"", "\"names\""), HasSubstr("unknown key \"names\""));
  EXPECT_THAT(with("\"name\":\"relu\"", "\"name\":\"conv\""),
              HasSubstr("layers[3].inputs[0]: no layer"));
  EXPECT_THAT(with("[0.4734]", "[]"), HasSubstr("expected a mean"));
  EXPECT_THAT(with("[0.4734]", "[1e999]"), HasSubstr("JSON"));
  EXPECT_THAT(with("[0.2516]", "[-0.2516]"), HasSubstr("positive"));
  EXPECT_THAT(with("[\"a\",", "["), HasSubstr("expected 3 class names"));
  EXPECT_THAT(with("\"a\"", "\"\\u001b\""), HasSubstr("control"));
  EXPECT_THAT(with("\"a\"", "\"\x7f\""), HasSubstr("control"));
  EXPECT_THAT(with("\"input\":[1,3,3]", "\"input\":[2,3,3]"), HasSubstr("conv.weight: "));
  EXPECT_THAT(with("\"input\":[1,3,3]", "\"input\":[1,4,4]"), HasSubstr("fc.weight: "));
}

TEST(ForgedModel, ProvenanceMustBeAnObject) {
  for (const char* text : {"", "[]", "1", "{", "{}x", "{\"a\":1,\"a\":2}"}) {
    std::vector<Section> sections = tiny_sections();
    sections[kProvenance] = text_section(SectionKind::provenance, text);
    EXPECT_THAT(refusal_of(sections), HasSubstr("JSON")) << text;
  }
}

TEST(ForgedModel, SensitivitiesAreChecked) {
  const std::vector<Section> original = tiny_sections();
  const auto with = [&](const auto& spoil) {
    std::vector<Section> sections = original;
    spoil(sections[kSensitivity].payload);
    return refusal_of(sections);
  };
  EXPECT_THAT(with([](auto& p) { p.clear(); }), HasSubstr("length of a sensitivity's method"));
  EXPECT_THAT(with([](auto& p) { p[0] = 255; }), HasSubstr("expected 255 bytes"));
  EXPECT_THAT(with([](auto& p) { p[1] = 7; }), HasSubstr("control"));
  EXPECT_THAT(with([](auto& p) { p.pop_back(); }), HasSubstr("sensitivity of fc.bias"));
  EXPECT_THAT(with([](auto& p) { p.push_back(0); }), HasSubstr("expected its end"));
  EXPECT_THAT(with([](auto& p) { put(p, 7, 0x7FC00000, 4); }), HasSubstr("finite"));
  std::vector<Section> twice = original;
  twice.push_back(original[kSensitivity]);
  EXPECT_THAT(refusal_of(twice), HasSubstr("unique"));
}

TEST(ForgedModel, AllocationsStayInProportionToTheFile) {
  const std::string_view huge =
      R"({"architecture":{"name":"n","input":[128,1024,1024],"layers":[)"
      R"({"name":"fc","type":"fully_connected","oc":2,"inputs":["input"]}]},)"
      R"("preprocess":{"mean":[],"std":[]},"classes":[]})";
  for (const std::uint8_t encoding :
       {0x00, 0x01, 0x02, 0x03, 0x04, 0x13, 0x20, 0x33, 0x44, 0x50, 0x74})
    for (const std::uint8_t kept : {0, 1, 127}) {
      const Section tensor{SectionKind::tensor, {encoding, 0, 0, 0, kept, 0, 0, 0, 0}};
      const std::vector<std::uint8_t> bytes = encode_container(
          std::vector{text_section(SectionKind::description, huge), tensor, tensor});
      refusal(bytes);  // what is made only once
      test::reset_largest_allocation();
      EXPECT_THAT(refusal(bytes), HasSubstr("fc.weight"));
      EXPECT_LE(test::largest_allocation(), 65'536U) << int{encoding} << ": a table of the texts'";
    }
}

}  // namespace
}  // namespace karnin
