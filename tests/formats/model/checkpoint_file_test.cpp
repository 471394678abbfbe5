#include "formats/model/checkpoint_file.h"

#include <gmock/gmock.h>

#include <bit>
#include <limits>

#include "formats/io/container.h"
#include "formats/model/model_file.h"
#include "formats/model/section_queue.h"
#include "tests/support/error_message.h"
#include "tests/support/random_model.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

using test::error_message;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Bytes = std::vector<std::uint8_t>;

Checkpoint small_checkpoint() {
  return {test::tiny_model(),
          R"({"verb":"train","epochs":3})",
          {{"velocity", std::vector<float>{1.5F, -0.0F, 1e-42F}},
           {"loss", std::vector<double>{0.1, 1e300}},
           {"counters", std::vector<std::uint64_t>{7, ~std::uint64_t{0}}},
           {"nothing", std::vector<double>{}}}};
}

std::string refusal(std::span<const std::uint8_t> bytes) {
  return error_message<FileError>([&] { decode_checkpoint(bytes, "file"); });
}

std::vector<Section> sections_of(const Checkpoint& checkpoint) {
  std::vector<Section> sections;
  const Bytes bytes = encode_checkpoint(checkpoint);
  for (SectionView& view : decode_container(bytes, "file", Features::checkpoint)) {
    const auto payload = view.payload.bytes(view.payload.remaining(), "payload");
    sections.push_back({view.kind, {payload.begin(), payload.end()}});
  }
  return sections;
}

std::string refusal_of(const std::vector<Section>& sections) {
  return refusal(encode_container(sections, Features::checkpoint));
}

TEST(CheckpointFile, NothingIsLost) {
  const Checkpoint checkpoint = small_checkpoint();
  const Bytes bytes = encode_checkpoint(checkpoint);
  const Checkpoint back = decode_checkpoint(bytes, "file");
  EXPECT_EQ(back, checkpoint);
  EXPECT_EQ(encode_checkpoint(back), bytes);
}

TEST(CheckpointFile, EveryBitOfANumberIsKept) {
  const std::vector<std::uint32_t> bits{0x7f800001, 0xffc12345, 0x7f800000, 0x80000000, 1};
  std::vector<float> values;
  for (const std::uint32_t word : bits) values.push_back(std::bit_cast<float>(word));
  Checkpoint checkpoint{test::tiny_model(), "{}", {{"odd", values}}};
  const Checkpoint back = decode_checkpoint(encode_checkpoint(checkpoint), "file");
  const auto numbers = back.numbers<float>("odd");
  for (std::size_t i = 0; i < bits.size(); ++i)
    EXPECT_EQ(std::bit_cast<std::uint32_t>(numbers[i]), bits[i]) << i;
}

// By hand, from FORMAT.md: length, name, type, values.
TEST(CheckpointFile, AnArrayIsWhatTheFormatSays) {
  const std::vector<Section> sections =
      sections_of({test::tiny_model(),
                   "{}",
                   {{"ab", std::vector<float>{1}}, {"c", std::vector<std::uint64_t>{258}}}});
  const std::size_t run = sections.size() - 3;
  EXPECT_EQ(sections[run].kind, SectionKind{5});
  EXPECT_THAT(sections[run].payload, ElementsAre('{', '}'));
  EXPECT_EQ(sections[run + 1].kind, SectionKind{6});
  EXPECT_THAT(sections[run + 1].payload, ElementsAre(2, 'a', 'b', 0, 0, 0, 0x80, 0x3f));
  EXPECT_THAT(sections[run + 2].payload, ElementsAre(1, 'c', 2, 2, 1, 0, 0, 0, 0, 0, 0));
}

TEST(CheckpointFile, TheModelComesFirstAndAsInItsOwnFile) {
  const Bytes model = encode_model(test::tiny_model());
  const std::vector<Section> sections = sections_of(small_checkpoint());
  std::size_t i = 0;
  for (SectionView& view : decode_container(model, "file")) {
    const auto payload = view.payload.bytes(view.payload.remaining(), "payload");
    ASSERT_LT(i, sections.size());
    EXPECT_EQ(sections[i].kind, view.kind);
    EXPECT_TRUE(std::ranges::equal(sections[i].payload, payload));
    ++i;
  }
  EXPECT_EQ(sections.size(), i + 1 + small_checkpoint().arrays.size());
}

TEST(CheckpointFile, NumbersAreOfTheNameTypeAndCountThatIsAskedFor) {
  const Checkpoint checkpoint = small_checkpoint();
  EXPECT_THAT(checkpoint.numbers<double>("loss"), ElementsAre(0.1, 1e300));
  EXPECT_EQ(checkpoint.numbers<float>("velocity", 3).size(), 3U);
  EXPECT_THROW(checkpoint.numbers<float>("loss"), ArgumentError);
  EXPECT_THROW(checkpoint.numbers<double>("lost"), ArgumentError);
  EXPECT_THROW(checkpoint.numbers<float>("velocity", 4), ArgumentError);
  EXPECT_EQ(checkpoint.numbers<double>("loss", 2).size(), 2U);
  EXPECT_THROW(checkpoint.numbers<double>("loss", 3), ArgumentError);
  EXPECT_THROW(checkpoint.numbers<std::uint64_t>("loss"), ArgumentError);
}

TEST(CheckpointFile, AModelIsNoCheckpointNorTheOtherWayRound) {
  const Bytes model = encode_model(test::tiny_model());
  const Bytes checkpoint = encode_checkpoint(small_checkpoint());
  EXPECT_THAT(refusal(model),
              HasSubstr("features: expected 0x1 (the checkpoint of a run), got none"));
  EXPECT_THAT(error_message<FileError>([&] { decode_model(checkpoint, "file"); }),
              HasSubstr("features: expected none, got 0x1 (the checkpoint of a run)"));
  EXPECT_EQ(features_of(model), Features::none);
  EXPECT_EQ(features_of(checkpoint), Features::checkpoint);
  EXPECT_EQ(features_of(Bytes(8, 1)), Features::none) << "too short to say";
  Bytes foreign = checkpoint;
  foreign[0] ^= 1;
  EXPECT_EQ(features_of(foreign), Features::none) << "no file of ours";
}

TEST(CheckpointFile, EitherFileGivesItsModel) {
  const test::TemporaryDirectory directory;
  write_model(directory / "model.bin", test::wide_model());
  write_checkpoint(directory / "checkpoint.bin", small_checkpoint());
  EXPECT_EQ(read_model_or_checkpoint(directory / "model.bin"), test::wide_model());
  EXPECT_EQ(read_model_or_checkpoint(directory / "checkpoint.bin"), small_checkpoint().model);
  EXPECT_EQ(read_checkpoint(directory / "checkpoint.bin"), small_checkpoint());
  test::write_text(directory / "short.bin", "KRN");
  EXPECT_THROW(read_model_or_checkpoint(directory / "short.bin"), FileError);
  EXPECT_THROW(read_checkpoint(directory / "none.bin"), FileError);
}

TEST(CheckpointFile, EveryTruncationAndBitFlipIsRefused) {
  Bytes bytes = encode_checkpoint(small_checkpoint());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_THROW(decode_checkpoint(cut, "file"), FileError) << length;
  }
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    const auto flip = static_cast<std::uint8_t>(1U << (bit % 8));
    bytes[bit / 8] ^= flip;
    EXPECT_THROW(decode_checkpoint(bytes, "file"), FileError) << "bit " << bit;
    bytes[bit / 8] ^= flip;
  }
}

TEST(CheckpointFile, ForgedSectionsAreRefused) {
  const std::vector<Section> sound = sections_of(small_checkpoint());
  ASSERT_NO_THROW(decode_checkpoint(encode_container(sound, Features::checkpoint), "file"));
  const std::size_t run = sound.size() - 5;
  const auto forged = [&](std::size_t section, Bytes payload) {
    std::vector<Section> sections = sound;
    sections[section].payload = std::move(payload);
    return refusal_of(sections);
  };
  EXPECT_THAT(forged(run, {'[', ']'}), HasSubstr("run: expected a JSON object"));
  EXPECT_THAT(forged(run, {}), HasSubstr("JSON"));
  EXPECT_THAT(forged(run + 1, {1, 'a', 3}), HasSubstr("type of an array: expected 0 to 2, got 3"));
  EXPECT_THAT(forged(run + 1, {1, 'a', 0, 1, 2, 3}), HasSubstr("expected a multiple of 4 bytes"));
  EXPECT_THAT(forged(run + 1, {9, 'a'}), HasSubstr("name of an array"));
  EXPECT_THAT(forged(run + 1, {0, 0}), HasSubstr("names of arrays"));
  EXPECT_THAT(forged(run + 1, {1, '\n', 0}), HasSubstr("names of arrays"));
  EXPECT_THAT(forged(run + 1, {1, 0x7f, 0}), HasSubstr("names of arrays"));
  EXPECT_THAT(forged(run + 1, {4, 'l', 'o', 's', 's', 0}), HasSubstr("each name once"));
  std::vector<Section> sections = sound;
  sections.erase(sections.begin() + static_cast<std::ptrdiff_t>(run));
  EXPECT_THAT(refusal_of(sections), HasSubstr("section kind: expected 5 (run), got 6"));
  sections.resize(run);
  EXPECT_THAT(refusal_of(sections), HasSubstr("run: the section is missing"));
  sections = sound;
  sections.push_back(sound[run]);
  EXPECT_THAT(refusal_of(sections), HasSubstr("section kind: expected 6 (array), got 5"));
}

TEST(CheckpointFile, TextsAreAsLongAsTheyMayBe) {
  EXPECT_EQ(text_payload(std::string(4194304, ' ')), Bytes(4194304, ' '));
  EXPECT_THAT(error_message<ArgumentError>([] { text_payload(std::string(4194305, ' ')); }),
              HasSubstr("expected at most 4194304 bytes of JSON, got 4194305"));
}

TEST(CheckpointFile, WhatCannotBeReadIsNotWritten) {
  Checkpoint checkpoint = small_checkpoint();
  checkpoint.run = "[]";
  EXPECT_THROW(encode_checkpoint(checkpoint), ArgumentError);
  checkpoint = small_checkpoint();
  checkpoint.arrays[0].name = std::string(129, 'x');
  EXPECT_THROW(encode_checkpoint(checkpoint), ArgumentError);
  checkpoint = small_checkpoint();
  checkpoint.model.parameters.back().value.data()[0] = std::numeric_limits<float>::infinity();
  EXPECT_THROW(encode_checkpoint(checkpoint), ArgumentError);
}

}  // namespace
}  // namespace karnin
