#include "formats/data/array_data.h"

#include <gmock/gmock.h>

#include <numeric>

#include "runtime/core/error.h"
#include "tests/support/error_message.h"
#include "tests/support/npy_file.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

using test::error_message;
using test::npy_array;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Bytes = std::vector<std::uint8_t>;

class ArrayData : public ::testing::Test {
 protected:
  void write(const std::string& name, const Bytes& file) {
    test::write_bytes(directory_ / name, file);
  }
  void write_text(const std::string& name, const std::string& text) {
    test::write_text(directory_ / name, text);
  }
  /// Two samples of three features.
  void write_part(const std::string& part, const std::vector<std::int64_t>& labels = {0, 2}) {
    write(part + "_x.npy", npy_array<float>("<f4", "(2, 3)", {1, 2, 3, 4, 5, 6}));
    write(part + "_y.npy", npy_array("<i8", "(" + std::to_string(labels.size()) + ",)", labels));
  }
  Dataset read(const DataForm& form = {}) { return read_arrays(directory_.path(), form); }
  std::string refusal() {
    return error_message<FileError>([&] { read(); });
  }

  test::TemporaryDirectory directory_;
};

TEST_F(ArrayData, ReadsVectorsOfFloats) {
  write_part("train");
  write_part("test", {1, 1});
  const Dataset data = read();
  EXPECT_EQ(data.train.extent, (Extent{3, 1, 1}));
  EXPECT_TRUE(data.train.holds_floats());
  EXPECT_THAT(data.train.floats(1), ElementsAre(4, 5, 6));
  EXPECT_THAT(data.train.pixels, IsEmpty());
  EXPECT_THAT(data.train.labels, ElementsAre(0, 2));
  EXPECT_THAT(data.test.labels, ElementsAre(1, 1));
  EXPECT_THAT(data.classes, ElementsAre("0", "1", "2"));
  EXPECT_TRUE(data.numbered);
}

TEST_F(ArrayData, OnePartMayBeMissing) {
  EXPECT_FALSE(holds_arrays(directory_.path()));
  write_part("test");
  EXPECT_TRUE(holds_arrays(directory_.path()));
  const Dataset data = read();
  EXPECT_EQ(data.train.size(), 0);
  EXPECT_EQ(data.train.extent, data.test.extent);
  EXPECT_EQ(data.classes.size(), 3U);
}

Bytes counted(std::size_t count) {
  Bytes bytes(count);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
  return bytes;
}

TEST_F(ArrayData, PutsChannelsFirst) {
  // One image of 5 x 2 pixels in 3 channels: pixel p has 3 p, 3 p + 1, 3 p + 2.
  write("train_x.npy", npy_array("|u1", "(1, 5, 2, 3)", counted(30)));
  write("train_y.npy", npy_array<int>("<i4", "(1,)", {0}));
  const Dataset last = read();
  EXPECT_EQ(last.order, ArrayOrder::nhwc);
  EXPECT_EQ(last.train.extent, (Extent{3, 5, 2}));
  EXPECT_THAT(last.train.pixels, ElementsAre(0, 3, 6, 9, 12, 15, 18, 21, 24, 27,   //
                                             1, 4, 7, 10, 13, 16, 19, 22, 25, 28,  //
                                             2, 5, 8, 11, 14, 17, 20, 23, 26, 29));
  const Dataset first = read({ArrayOrder::nchw, {}});
  EXPECT_EQ(first.train.extent, (Extent{5, 2, 3}));
  EXPECT_EQ(first.train.pixels, counted(30));
}

TEST_F(ArrayData, TakesShapesApart) {
  const auto extent = [&](const std::string& shape, std::size_t bytes, const DataForm& form = {}) {
    write("x.npy", npy_array("|u1", shape, Bytes(bytes)));
    return read_array_images(directory_ / "x.npy", form).set.extent;
  };
  EXPECT_EQ(extent("(2, 4, 3)", 24), (Extent{1, 4, 3}));
  EXPECT_EQ(extent("(2, 3, 4, 4)", 96), (Extent{3, 4, 4}))
      << "channels first, as the second axis is 3";
  EXPECT_EQ(extent("(2, 3, 4, 4)", 96, {ArrayOrder::nhwc, {}}), (Extent{4, 3, 4}));
  EXPECT_EQ(extent("(2, 9, 9, 1)", 162), (Extent{1, 9, 9}));
  EXPECT_THROW(extent("(2,)", 2), FileError);
  EXPECT_THROW(extent("(2, 1, 1, 1, 1)", 2), FileError);
}

/// Four axes are in the one order in which the network takes them, before any guess.
TEST_F(ArrayData, AsksTheNetworkForTheOrder) {
  const auto order = [&](const std::string& shape, const DataForm& form) {
    write("x.npy", npy_array("|u1", shape, Bytes(64)));
    return read_array_images(directory_ / "x.npy", form).order;
  };
  using enum ArrayOrder;
  EXPECT_EQ(order("(1, 8, 4, 2)", {.input = {8, 4, 2}}), nchw);
  EXPECT_EQ(order("(1, 8, 4, 2)", {.input = {8, 4, 2}, .usual = nhwc}), nchw);
  EXPECT_EQ(order("(1, 2, 4, 8)", {.input = {8, 2, 4}}), nhwc);
  EXPECT_EQ(order("(1, 8, 4, 2)", {.order = nhwc, .input = {8, 4, 2}}), nhwc) << "as said";
  EXPECT_EQ(order("(1, 8, 4, 2)", {.input = {3, 3, 3}}), nhwc) << "in none";
  EXPECT_EQ(order("(1, 4, 4, 4)", {.input = {4, 4, 4}}), nchw) << "in both";
  EXPECT_EQ(order("(1, 4, 4, 4)", {.input = {4, 4, 4}, .usual = nhwc}), nhwc);
}

TEST_F(ArrayData, NamesClasses) {
  write_part("train");
  write_text("classes.txt", "ant\r\nbee\r\ncat\r\ndog\r\n");
  EXPECT_THAT(read().classes, ElementsAre("ant", "bee", "cat", "dog"));
  EXPECT_FALSE(read().numbered);
  write_text("classes.txt", "ant\nbee");
  EXPECT_THAT(refusal(), HasSubstr("expected a name for each of 3 classes, got 2"));
  write_text("classes.txt", "ant\n\ncat\n");
  EXPECT_THAT(refusal(), HasSubstr("expected a new name in every line, got ''"));
  write_text("classes.txt", "ant\nbee\nant\n");
  EXPECT_THAT(refusal(), HasSubstr("got 'ant'"));
  write_text("classes.txt", "");
  EXPECT_THAT(refusal(), HasSubstr("got none"));
}

TEST_F(ArrayData, RefusesLabelsThatDoNotFit) {
  write_part("train", {0, 1, 2});
  EXPECT_THAT(refusal(), HasSubstr("expected 2 labels, one an image, got shape (3)"));
  EXPECT_THAT(refusal(), HasSubstr("train_y.npy"));
  write_part("train", {0, -1});
  EXPECT_THAT(refusal(), HasSubstr("label: expected 0 to 255, got -1"));
  write("train_y.npy", npy_array<int>("<i4", "(2, 1)", {3, 1}));
  EXPECT_THAT(read().train.labels, ElementsAre(3, 1)) << "a column is as good";
  std::filesystem::remove(directory_ / "train_y.npy");
  EXPECT_THAT(refusal(), HasSubstr("train_y.npy"));
}

TEST_F(ArrayData, RefusesTestImagesOfAnotherKind) {
  write_part("train");
  write_part("test");
  write("test_x.npy", npy_array("|u1", "(2, 3)", Bytes(6)));
  EXPECT_THAT(refusal(),
              HasSubstr("expected 3x1x1 of floats, as in train_x.npy, got 3x1x1 of bytes"));
  write("test_x.npy", npy_array<float>("<f4", "(2, 4)", std::vector<float>(8)));
  EXPECT_THAT(refusal(), HasSubstr("got 4x1x1 of floats"));
}

}  // namespace
}  // namespace karnin
