// Files that nobody meant well with: damaged, cut, and changed under sound checksums.
#include <gmock/gmock.h>

#include <random>
#include <set>

#include "formats/io/container.h"
#include "formats/model/model_file.h"
#include "tests/support/allocation_meter.h"
#include "tests/support/cpu_time.h"
#include "tests/support/forged_file.h"
#include "tests/support/random_model.h"
#include "tests/support/same_codings.h"
#include "tests/support/v1_writer.h"

namespace karnin {
namespace {

using test::reseal;

/// Old and new versions, and all encodings of positions and values.
std::vector<std::vector<std::uint8_t>> every_kind_of_file() {
  return {encode_model(test::tiny_model()), encode_model(test::wide_model()),
          encode_model(test::packed_model()), encode_model(test::large_model()),
          test::encode_model_v1(test::tiny_model())};
}

std::set<int> encodings_in(const std::vector<std::uint8_t>& bytes) {
  std::set<int> encodings;
  for (SectionView& view : decode_container(bytes, "file"))
    if (view.kind == SectionKind::tensor)
      encodings.insert(view.payload.read<std::uint8_t>("encoding"));
  return encodings;
}

TEST(HostileModel, EveryKindOfFileIsThere) {
  std::set<int> positions, values;
  for (const std::vector<std::uint8_t>& bytes : every_kind_of_file())
    for (const int encoding : version_of(bytes) == 1 ? std::set<int>() : encodings_in(bytes)) {
      positions.insert(encoding & 0xF);
      values.insert(encoding >> 4);
    }
  EXPECT_THAT(positions, ::testing::ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(values, ::testing::ElementsAre(0, 1, 2, 3, 5, 6, 7));
}

/// Refused within a second, and with less than 64 MiB from the heap.
void expect_quick_refusal(std::span<const std::uint8_t> bytes, std::size_t where) {
  const double start = test::cpu_seconds();
  const std::size_t held = test::held_bytes();
  test::reset_most_held_bytes();
  EXPECT_THROW(decode_model(bytes, "file"), FileError) << where;
  EXPECT_THROW(decode_compact_model(bytes, "file"), FileError) << where;
  EXPECT_LT(test::most_held_bytes() - held, std::size_t{64} << 20) << where;
  EXPECT_LT(test::cpu_seconds() - start, 1) << where;
}

TEST(HostileModel, EveryTruncationIsRefused) {
  for (const std::vector<std::uint8_t>& bytes : every_kind_of_file()) {
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      // A copy of its own, so that a sanitizer sees every read past its end.
      const std::vector<std::uint8_t> cut(bytes.begin(),
                                          bytes.begin() + static_cast<std::ptrdiff_t>(length));
      expect_quick_refusal(cut, length);
    }
  }
}

TEST(HostileModel, EverySingleBitFlipIsRefused) {
  for (std::vector<std::uint8_t>& bytes : every_kind_of_file()) {
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      const auto flip = static_cast<std::uint8_t>(1U << (bit % 8));
      bytes[bit / 8] ^= flip;
      expect_quick_refusal(bytes, bit);
      bytes[bit / 8] ^= flip;
    }
    EXPECT_NO_THROW(decode_model(bytes, "file"));
  }
}

/// Whatever a forger makes, a file that is accepted is the only one for its model in its codings.
void expect_refused_or_canonical(const std::vector<std::uint8_t>& original, int rounds,
                                 int least_accepted) {
  std::mt19937 rng(11);
  int accepted = 0;
  for (int round = 0; round < rounds; ++round) {
    std::vector<std::uint8_t> bytes = original;
    for (unsigned change = 0; change <= rng() % 3; ++change)
      bytes[rng() % bytes.size()] = static_cast<std::uint8_t>(rng());
    reseal(bytes);
    try {
      const Model model = decode_model(bytes, "file");
      ++accepted;
      ASSERT_EQ(version_of(bytes) == 1 ? test::encode_model_v1(model)
                                       : test::encode_like(model, encode_model(model), bytes),
                bytes)
          << "round " << round;
      ASSERT_EQ(decode_model(encode_model(model), "file"), model) << "round " << round;
      EXPECT_NO_THROW(decode_compact_model(bytes, "file"));
    } catch (const FileError&) {
      EXPECT_THROW(decode_compact_model(bytes, "file"), FileError);
    }
  }
  EXPECT_GE(accepted, least_accepted) << "a changed value is as good as any";
}

TEST(HostileModel, ResealedMutationsAreRefusedOrCanonical) {
  expect_refused_or_canonical(encode_model(test::tiny_model()), 3'000, 50);
  expect_refused_or_canonical(encode_model(test::packed_model()), 1'000, 1);
  expect_refused_or_canonical(encode_model(test::wide_model()), 100, 1);
}

TEST(HostileModel, ResealedMutationsOfVersion1AreRefusedOrCanonical) {
  expect_refused_or_canonical(test::encode_model_v1(test::tiny_model()), 10'000, 500);
}

}  // namespace
}  // namespace karnin
