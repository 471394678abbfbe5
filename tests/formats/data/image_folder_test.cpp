#include "formats/data/image_folder.h"

#include <gmock/gmock.h>

#include "formats/data/unlabelled.h"
#include "runtime/core/error.h"
#include "tests/support/error_message.h"
#include "tests/support/npy_file.h"
#include "tests/support/png_file.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

using test::error_message;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Bytes = std::vector<std::uint8_t>;

class ImageFolder : public ::testing::Test {
 protected:
  /// Grey, all pixels alike.
  void write(const std::string& name, std::uint8_t value, std::uint32_t h = 2,
             std::uint32_t w = 2) {
    test::write_bytes(directory_ / name, test::png_file({h, w, test::PngColour::grey},
                                                        Bytes(std::size_t{h} * w, value)));
  }
  void write_both_parts() {
    for (const char* part : {"train/", "test/"})
      for (const char* image : {"bee/1.png", "ant/2.png", "ant/1.png"})
        write(std::string(part) + image, static_cast<std::uint8_t>(image[4]));
  }
  Dataset read(const DataForm& form = {}) { return read_image_folders(directory_.path(), form); }
  std::string refusal(const DataForm& form = {}) {
    return error_message<FileError>([&] { read(form); });
  }

  test::TemporaryDirectory directory_;
};

TEST_F(ImageFolder, ReadsInTheOrderOfNames) {
  EXPECT_FALSE(holds_image_folders(directory_.path()));
  write_both_parts();
  EXPECT_TRUE(holds_image_folders(directory_.path()));
  const Dataset data = read();
  EXPECT_THAT(data.classes, ElementsAre("ant", "bee"));
  EXPECT_FALSE(data.numbered);
  EXPECT_EQ(data.train.extent, (Extent{1, 2, 2}));
  EXPECT_THAT(data.train.labels, ElementsAre(0, 0, 1));
  EXPECT_THAT(data.train.image(0), Each('1'));
  EXPECT_THAT(data.train.image(1), Each('2'));
  EXPECT_EQ(data.test.labels, data.train.labels);
}

TEST_F(ImageFolder, PassesOverWhatIsNoImage) {
  write_both_parts();
  test::write_text(directory_ / "train/ant/notes.txt", "nothing");
  test::write_text(directory_ / "train/ant/.hidden.png", "nothing");
  test::write_text(directory_ / "train/.cache/1.png", "nothing");
  test::write_text(directory_ / "train/labels.csv", "nothing");
  EXPECT_EQ(read().train.size(), 3);
}

TEST_F(ImageFolder, OnePartMayBeMissing) {
  write("test/ant/1.png", 5);
  const Dataset data = read();
  EXPECT_EQ(data.train.size(), 0);
  EXPECT_EQ(data.train.extent, data.test.extent);
  EXPECT_THAT(data.classes, ElementsAre("ant"));
}

TEST_F(ImageFolder, TakesTheOrderOfClassesFromAFile) {
  write_both_parts();
  test::write_text(directory_ / "classes.txt", "wasp\nbee\nant\n");
  EXPECT_THAT(read().train.labels, ElementsAre(2, 2, 1));
  test::write_text(directory_ / "classes.txt", "bee\n");
  EXPECT_THAT(refusal(), HasSubstr("expected a class of classes.txt"));
  EXPECT_THAT(refusal(), HasSubstr("train/ant"));
}

TEST_F(ImageFolder, TestImagesMayLackAClassAndAddNone) {
  write_both_parts();
  fs::remove_all(directory_ / "test/ant");
  EXPECT_THAT(read().test.labels, ElementsAre(1));
  write("test/wasp/1.png", 5);
  EXPECT_THAT(refusal(), HasSubstr("test/wasp"));
}

TEST_F(ImageFolder, NamesFoldersWithoutImages) {
  write_both_parts();
  fs::create_directory(directory_ / "train/cat");
  EXPECT_THAT(refusal(), HasSubstr("expected PNG or JPEG images in it, got none"));
  EXPECT_THAT(refusal(), HasSubstr("train/cat"));
  fs::remove_all(directory_ / "train");
  fs::create_directory(directory_ / "train");
  EXPECT_THAT(refusal(), HasSubstr("expected a folder for each class, got none"));
}

TEST_F(ImageFolder, MakesSizesAlikeWhereItIsToldTo) {
  write_both_parts();
  write("train/ant/3.png", 9, 6, 4);
  EXPECT_THAT(refusal(), HasSubstr("expected 2x2 pixels, as the first image has, got 6x4: --size"));
  EXPECT_THAT(refusal(), HasSubstr("train/ant/3.png"));
  const Dataset data = read({{}, {3, 4, 5}});
  EXPECT_EQ(data.train.extent, (Extent{3, 4, 5}));
  EXPECT_EQ(data.test.extent, data.train.extent);
  EXPECT_THAT(data.train.image(2), Each(9));
}

TEST_F(ImageFolder, NamesAnUnsoundImage) {
  write_both_parts();
  test::write_text(directory_ / "test/bee/2.jpg", "no image");
  EXPECT_THAT(refusal(), HasSubstr("test/bee/2.jpg"));
}

TEST_F(ImageFolder, RefusesChannelsThatNoImageHas) {
  write_both_parts();
  EXPECT_THAT(error_message<ArgumentError>([&] { read({{}, {2, 4, 4}}); }),
              HasSubstr("images have 1 channel or 3, but the network takes 2"));
}

TEST_F(ImageFolder, IsWalkedWithoutLabels) {
  write_both_parts();
  write("train/1.png", 1);
  fs::create_directory_symlink(directory_.path(), directory_ / "train/up");
  const fs::path train = directory_ / "train";
  EXPECT_THAT(image_files(train), ElementsAre(train / "1.png", train / "ant/1.png",
                                              train / "ant/2.png", train / "bee/1.png"));
  EXPECT_THAT(image_files("any/file"), ElementsAre("any/file"));
  fs::create_directory(directory_ / "empty");
  EXPECT_THROW(image_files(directory_ / "empty"), FileError);
}

TEST_F(ImageFolder, GivesWhatANetworkTakes) {
  write("1.png", 3, 2, 3);
  const auto read_for = [&](const char* name, const Extent& input, const DataForm& form = {}) {
    return read_unlabelled(directory_ / name, form, input, ArrayOrder::nchw);
  };
  EXPECT_EQ(read_for("1.png", {6, 1, 1}).extent, (Extent{6, 1, 1}));
  EXPECT_EQ(read_for("1.png", {3, 4, 4}, {{}, {3, 4, 4}}).size(), 1);
  EXPECT_THAT(error_message<FileError>([&] { read_for("1.png", {7, 1, 1}); }),
              HasSubstr("expected 7x1x1, which the network takes, got 1x2x3"));
  test::write_bytes(directory_ / "x.npy", test::npy_array("|u1", "(5, 6)", Bytes(30)));
  EXPECT_EQ(read_for("x.npy", {1, 2, 3}).size(), 5);
}

}  // namespace
}  // namespace karnin
