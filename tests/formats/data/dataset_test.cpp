#include "formats/data/dataset.h"

#include <gmock/gmock.h>

#include "formats/io/file_status.h"
#include "runtime/core/error.h"
#include "tests/formats/data/dataset_files.h"
#include "tests/support/error_message.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

using test::error_message;
using test::idx_bytes;
using test::images;
using test::labels;
using test::write_bytes;
using test::write_cifar10;
using test::write_fashion_mnist;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using LoadDataset = test::DatasetPlaces;

TEST_F(LoadDataset, PadsFashionMnistWithZeros) {
  write_fashion_mnist(data_ / "fashion-mnist");
  const Dataset data = load("fashion-mnist");
  EXPECT_EQ(data.name, "fashion-mnist");
  EXPECT_EQ(data.note, "");
  EXPECT_EQ(data.directory, data_ / "fashion-mnist");
  EXPECT_THAT(data.classes, ElementsAre("T-shirt", "trouser", "pullover", "dress", "coat", "sandal",
                                        "shirt", "sneaker", "bag", "boot"));
  EXPECT_THAT(data.train.labels, ElementsAre(3, 9));
  EXPECT_THAT(data.test.labels, ElementsAre(0));
  EXPECT_EQ(data.train.extent, (Extent{1, 32, 32}));
  ASSERT_EQ(data.train.pixels.size(), 2U * 1024);
  for (int row = 0; row < 32; ++row)
    for (int col = 0; col < 32; ++col) {
      const bool inside = row >= 2 && row < 30 && col >= 2 && col < 30;
      EXPECT_EQ(data.train.image(1)[row * 32 + col], inside ? 7 : 0) << row << ", " << col;
    }
}

TEST_F(LoadDataset, RefusesUnsoundFashionMnist) {
  const fs::path folder = data_ / "fashion-mnist";
  const auto refusal_with = [&](const char* name, const std::vector<std::uint8_t>& bytes) {
    write_fashion_mnist(folder);
    write_bytes(folder / name, bytes);
    return error_message<FileError>([&] { load("fashion-mnist"); });
  };
  EXPECT_THAT(refusal_with("t10k-labels-idx1-ubyte", labels({10})),
              HasSubstr("label: expected 0 to 9, got 10 (" +
                        (folder / "t10k-labels-idx1-ubyte").string() + ", byte 8)"));
  EXPECT_THAT(refusal_with("t10k-labels-idx1-ubyte", labels({1, 2})),
              HasSubstr("expected 1 labels, one an image, got 2"));
  EXPECT_THAT(refusal_with("t10k-images-idx3-ubyte.gz",
                           idx_bytes({1, 27, 28}, std::vector<std::uint8_t>(27 * 28))),
              HasSubstr("image: expected 28x28 pixels, got 27x28"));
  EXPECT_THAT(refusal_with("t10k-images-idx3-ubyte.gz",
                           idx_bytes({1, 28, 27}, std::vector<std::uint8_t>(28 * 27))),
              HasSubstr("image: expected 28x28 pixels, got 28x27"));
  write_fashion_mnist(folder);
  fs::remove(folder / "train-images-idx3-ubyte");
  EXPECT_THAT(error_message<FileError>([&] { load("fashion-mnist"); }),
              HasSubstr("train-images-idx3-ubyte.gz"));
}

TEST_F(LoadDataset, LooksForCifar10InOrder) {
  write_cifar10(cache_ / "cifar-10-batches-bin", 1);
  EXPECT_EQ(load("cifar10").test.labels[0], 1) << "the cache";
  write_cifar10(data_, 2);
  EXPECT_EQ(load("cifar10").test.labels[0], 2) << "$KARNIN_DATA itself";
  write_cifar10(data_ / "cifar-10-batches-bin", 3);
  const Dataset data = load("cifar10");
  EXPECT_EQ(data.test.labels[0], 3) << "the folder in $KARNIN_DATA";
  EXPECT_EQ(data.name, "cifar10");
  EXPECT_EQ(data.directory, data_ / "cifar-10-batches-bin");
}

/// A survey reads the headers alone; what it tells of is not always sound.
TEST_F(LoadDataset, SurveysFashionMnistByItsHeaders) {
  const fs::path folder = data_ / "fashion-mnist";
  write_fashion_mnist(folder);
  std::vector<std::uint8_t> cut = images(2, 7);
  cut.resize(20);
  write_bytes(folder / "train-images-idx3-ubyte", cut);
  const DatasetSurvey survey = survey_dataset("fashion-mnist", places_);
  EXPECT_EQ(survey.train_images, 2);
  EXPECT_EQ(survey.test_images, 1);
  EXPECT_EQ(survey.directory, folder);
  EXPECT_EQ(survey.note, "");
  EXPECT_THROW(load("fashion-mnist"), FileError);
  write_bytes(folder / "t10k-labels-idx1-ubyte", labels({0, 1}));
  EXPECT_THAT(error_message<FileError>([&] { survey_dataset("fashion-mnist", places_); }),
              HasSubstr("expected 1 labels, one an image, got 2"));
  write_bytes(folder / "t10k-images-idx3-ubyte.gz",
              idx_bytes({1, 27, 28}, std::vector<std::uint8_t>(27 * 28)));
  EXPECT_THAT(error_message<FileError>([&] { survey_dataset("fashion-mnist", places_); }),
              HasSubstr("image: expected 28x28 pixels, got 27x28"));
}

TEST_F(LoadDataset, SurveysCifar10) {
  write_cifar10(data_, 2);
  const DatasetSurvey survey = survey_dataset("cifar10", places_);
  EXPECT_EQ(survey.train_images, 1);
  EXPECT_EQ(survey.test_images, 1);
  EXPECT_EQ(survey.directory, data_);
  EXPECT_THAT(survey.note, HasSubstr("not the official test set"));
}

TEST_F(LoadDataset, PrefersCifar10WhenNothingIsAskedFor) {
  write_fashion_mnist(data_ / "fashion-mnist");
  EXPECT_EQ(load("").name, "fashion-mnist");
  write_cifar10(cache_ / "cifar-10-batches-bin", 1);
  EXPECT_EQ(load("").name, "cifar10");
}

TEST_F(LoadDataset, TakesADirectoryOfEitherKind) {
  write_cifar10(root_ / "mine", 4);
  write_fashion_mnist(root_ / "clothes");
  const Dataset mine = load((root_ / "mine").string() + "/");
  EXPECT_EQ(mine.name, "mine");
  EXPECT_EQ(mine.test.labels[0], 4);
  EXPECT_EQ(load((root_ / "clothes").string()).name, "clothes");
}

TEST_F(LoadDataset, ADirectoryMustNotHaveTheNameOfAStandardSet) {
  for (const char* name : {"cifar10", "fashion-mnist"}) {
    write_fashion_mnist(data_ / name);
    EXPECT_EQ(load((data_ / name).string()).name, (data_ / name).string());
  }
}

TEST_F(LoadDataset, TakesTheNamesThat7ZipGives) {
  const fs::path folder = data_ / "fashion-mnist";
  write_fashion_mnist(folder);
  const Dataset expected = load("fashion-mnist");
  for (const fs::path& path : entries_of(folder)) {
    std::string name = path.filename().string();
    name.replace(name.find("-idx"), 1, ".");
    fs::rename(path, folder / name);
  }
  for (const std::string& data : {std::string("fashion-mnist"), folder.string()}) {
    const Dataset renamed = load(data);
    EXPECT_EQ(renamed.train.pixels, expected.train.pixels);
    EXPECT_EQ(renamed.test.labels, expected.test.labels);
  }
}

TEST(FitPadding, TakesOffTheBorderIfTheNetworkWantsNone) {
  Dataset dataset;
  dataset.padding = 1;
  for (ImageSet* set : {&dataset.train, &dataset.test}) {
    set->extent = {1, 3, 4};
    set->pixels = {0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0,   //
                   0, 0, 0, 0, 0, 3, 4, 0, 0, 0, 0, 0};  // two images of one row
    set->labels = {0, 1};
  }
  fit_padding(dataset, {1, 3, 4});
  EXPECT_EQ(dataset.train.extent, (Extent{1, 3, 4}));
  EXPECT_EQ(dataset.plain_extent(), (Extent{1, 1, 2}));
  fit_padding(dataset, {1, 1, 2});
  fit_padding(dataset, {1, 1, 2});  // there is no border any more
  for (const ImageSet* set : {&dataset.train, &dataset.test}) {
    EXPECT_EQ(set->extent, (Extent{1, 1, 2}));
    EXPECT_THAT(set->pixels, testing::ElementsAre(1, 2, 3, 4));
  }
  EXPECT_EQ(dataset.padding, 0);
}

TEST_F(LoadDataset, DoesNotPassOverUnsoundFiles) {
  write_cifar10(data_, 1);
  write_bytes(data_ / "test_batch.bin", std::vector<std::uint8_t>(5));
  write_cifar10(cache_ / "cifar-10-batches-bin", 1);
  EXPECT_THROW(load("cifar10"), FileError) << "a sound one in the cache is no excuse";
}

}  // namespace
}  // namespace karnin
