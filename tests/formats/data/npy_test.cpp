#include "formats/data/npy.h"

#include <gmock/gmock.h>

#include <limits>

#include "runtime/core/counter_rng.h"
#include "runtime/core/error.h"
#include "tests/support/allocation_meter.h"
#include "tests/support/error_message.h"
#include "tests/support/npy_file.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

using test::error_message;
using test::npy_array;
using test::npy_dictionary;
using test::npy_file;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Bytes = std::vector<std::uint8_t>;

class Npy : public ::testing::Test {
 protected:
  NpyArray read(std::span<const std::uint8_t> file) {
    test::write_bytes(path_, file);
    test::reset_largest_allocation();
    return read_npy(path_);
  }
  std::string refusal(std::span<const std::uint8_t> file) {
    return error_message<FileError>([&] { read(file); });
  }
  std::string refusal_of(const std::string& dictionary, std::size_t bytes = 6) {
    return refusal(npy_file(dictionary, Bytes(bytes)));
  }

  test::TemporaryDirectory directory_;
  std::filesystem::path path_ = directory_ / "a.npy";
};

TEST_F(Npy, ReadsAllVersions) {
  for (const std::uint8_t version : {1, 2, 3}) {
    const NpyArray array =
        read(npy_file(npy_dictionary("|u1", "(2, 3)"), Bytes{1, 2, 3, 4, 5, 6}, version));
    EXPECT_EQ(array.type, "u1");
    EXPECT_THAT(array.dims, ElementsAre(2, 3));
    EXPECT_THAT(array.bytes, ElementsAre(1, 2, 3, 4, 5, 6));
  }
  const Bytes file = npy_file(npy_dictionary("|u1", "(1,)"), Bytes{1}, 4);
  EXPECT_THAT(refusal(file), HasSubstr(".npy version: expected 1.0 to 3.0, got 4.0"));
}

TEST_F(Npy, ReadsKeysInAnyOrderAndSpacing) {
  for (const char* dictionary :
       {"{'shape':(3,),'descr':\"|u1\",'fortran_order':True}",
        "{ 'fortran_order' : False , 'shape' : ( 3 ) , 'descr' : '<u1' , }   "})
    EXPECT_THAT(read(npy_file(dictionary, Bytes{7, 8, 9})).dims, ElementsAre(3)) << dictionary;
}

TEST_F(Npy, ReadsFloatsOfBothSizes) {
  const NpyArray single = read(npy_array<float>("<f4", "(3,)", {1.5F, -0.0F, 3e38F}));
  EXPECT_THAT(npy_floats(single, path_), ElementsAre(1.5F, -0.0F, 3e38F));
  const NpyArray both = read(npy_array<double>("<f8", "(2,)", {0.1, 1e-300}));
  EXPECT_THAT(npy_floats(both, path_), ElementsAre(0.1F, 0.0F));
  const auto finite = [&](const NpyArray& array) {
    return error_message<FileError>([&] { npy_floats(array, path_); });
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(finite(read(npy_array<float>("<f4", "(2,)", {1, nan}))), HasSubstr("got nan"));
  EXPECT_THAT(finite(read(npy_array<double>("<f8", "(1,)", {1e39}))), HasSubstr("got 1e+39"));
  EXPECT_THAT(finite(read(npy_array<int>("<i4", "(1,)", {1}))), HasSubstr("got 'i4'"));
}

template <typename T>
Bytes labels(const char* descr, T value) {
  return npy_array<T>(descr, "(2,)", {0, value});
}

TEST_F(Npy, ReadsLabelsOfAllIntegers) {
  for (const Bytes& file : {labels<std::int8_t>("|i1", 9), labels<std::int16_t>("<i2", 9),
                            labels<std::int32_t>("<i4", 9), labels<std::int64_t>("<i8", 9),
                            labels<std::uint8_t>("|u1", 9), labels<std::uint16_t>("<u2", 9),
                            labels<std::uint32_t>("<u4", 9), labels<std::uint64_t>("<u8", 9)}) {
    const NpyArray array = read(file);
    EXPECT_THAT(npy_labels(array, 9, path_), ElementsAre(0, 9)) << array.type;
    EXPECT_THAT(error_message<FileError>([&] { npy_labels(array, 8, path_); }),
                HasSubstr("label: expected 0 to 8, got 9"));
  }
  const auto message = [&](const Bytes& file) {
    const NpyArray array = read(file);
    return error_message<FileError>([&] { npy_labels(array, 255, path_); });
  };
  EXPECT_THAT(message(labels<std::int8_t>("|i1", -1)), HasSubstr("got -1"));
  EXPECT_THAT(message(labels<std::int64_t>("<i8", std::int64_t{1} << 32)),
              HasSubstr("got 4294967296"));
  EXPECT_THAT(message(labels<float>("<f4", 1)), HasSubstr("expected integers, got 'f4'"));
}

TEST_F(Npy, RefusesWhatItDoesNotRead) {
  for (const char* descr : {">f4", "<f2", "|b1", "<c8", "|O", "<U4", "|u2", "=u1", "u1", ""})
    EXPECT_THAT(refusal_of(npy_dictionary(descr, "(6,)")), HasSubstr(std::string("got '") + descr))
        << descr;
  EXPECT_THAT(refusal_of("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3)}"),
              HasSubstr("numpy.ascontiguousarray()"));
}

TEST_F(Npy, RefusesBadHeaders) {
  const std::string good = "'descr': '|u1', 'fortran_order': False, 'shape': (6,)";
  for (const std::string& bad :
       {std::string(), std::string("{"), std::string("{}"), "[" + good + "]", "{" + good,
        "{" + good + "} x", "{" + good + ", 'more': 1}", "{" + good + ", 'shape': (6,)}",
        "{" + good + ",,}", std::string("{'descr': '|u1', 'shape': (6,)}"),
        std::string("{'descr': '|u1', 'fortran_order': 0, 'shape': (6,)}"),
        std::string("{'descr': [('a', '|u1')], 'fortran_order': False, 'shape': (6,)}"),
        std::string("{'descr': '|u1, 'fortran_order': False, 'shape': (6,)}")})
    EXPECT_THAT(refusal_of(bad), HasSubstr(".npy")) << bad;
  for (const char* shape : {"6", "(-6,)", "(6", "(6,,)", "(,)", "(99999999999999999999,)", "(a,)"})
    EXPECT_THAT(refusal_of(npy_dictionary("|u1", shape)), HasSubstr(".npy header")) << shape;
  EXPECT_THAT(refusal(Bytes{'P', 'K', 3, 4, 0, 0, 0, 0}), HasSubstr("expected a .npy file"));
}

TEST_F(Npy, RefusesSizesThatAreNotThoseOfTheHeader) {
  for (const char* shape :
       {"(5,)", "(7,)", "(0,)", "(2, 0)", "()", "(2, 4)",
        "(9223372036854775807, 9223372036854775807)", "(4294967296, 4294967296, 2)"}) {
    EXPECT_THAT(refusal_of(npy_dictionary("|u1", shape)), HasSubstr("expected as many bytes"))
        << shape;
    EXPECT_LT(test::largest_allocation(), 100'000U);
  }
}

TEST_F(Npy, RefusesEveryTruncation) {
  for (const std::uint8_t version : {1, 2}) {
    const Bytes file = npy_file(npy_dictionary("|u1", "(6,)"), Bytes(6), version);
    for (std::size_t length = 0; length < file.size(); ++length)
      EXPECT_THROW(read(std::span(file).first(length)), FileError) << length;
  }
  // A header as long as 32 bits can say.
  const Bytes huge{0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, 0xFF, 0xFF, 0xFF, 0xFF, '{', '}'};
  EXPECT_THAT(refusal(huge), HasSubstr("expected at most 65536 bytes, got 4294967295"));
}

TEST_F(Npy, SurvivesFlippedBits) {
  const Bytes sound = npy_array<float>("<f4", "(2, 3)", {1, 2, 3, 4, 5, 6});
  CounterRng rng(1);
  for (int i = 0; i < 500; ++i) {
    Bytes file = sound;
    for (std::uint64_t flips = 1 + rng.below(3); flips > 0; --flips)
      file[rng.below(file.size())] ^= static_cast<std::uint8_t>(1U << rng.below(8));
    try {
      const NpyArray array = read(file);
      EXPECT_EQ(array.bytes.size(), 24U);
      EXPECT_EQ(static_cast<std::size_t>(array.elements()) * array.item_bytes(), 24U);
    } catch (const FileError&) {
    }
    EXPECT_LT(test::largest_allocation(), 100'000U);
  }
}

TEST_F(Npy, WritesWhatItReads) {
  const std::vector<float> values{1, -2.5F, 3, 4, 5, 6};
  const Bytes file = encode_npy(std::vector<std::int64_t>{2, 3}, values);
  EXPECT_EQ((file.size() - 24) % 64, 0U) << "numbers begin where NumPy puts them";
  const NpyArray array = read(file);
  EXPECT_THAT(array.dims, ElementsAre(2, 3));
  EXPECT_EQ(npy_floats(array, path_), values);
}

}  // namespace
}  // namespace karnin
