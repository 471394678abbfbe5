#include "formats/data/dataset.h"

#include <gmock/gmock.h>

#include "formats/io/file_status.h"
#include "runtime/core/error.h"
#include "tests/support/environment.h"
#include "tests/support/error_message.h"
#include "tests/support/idx_file.h"
#include "tests/support/temporary_directory.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

using test::error_message;
using test::gzip;
using test::idx_bytes;
using test::write_bytes;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::size_t kPixels = 28 * 28;

std::vector<std::uint8_t> images(std::uint32_t count, std::uint8_t value) {
  return idx_bytes({count, 28, 28}, std::vector<std::uint8_t>(count * kPixels, value));
}

std::vector<std::uint8_t> labels(std::initializer_list<std::uint8_t> values) {
  return idx_bytes({static_cast<std::uint32_t>(values.size())}, std::vector<std::uint8_t>(values));
}

void write_fashion_mnist(const fs::path& directory) {
  write_bytes(directory / "train-images-idx3-ubyte", images(2, 7));
  write_bytes(directory / "train-labels-idx1-ubyte.gz", gzip(labels({3, 9})));
  write_bytes(directory / "t10k-images-idx3-ubyte.gz", gzip(images(1, 255)));
  write_bytes(directory / "t10k-labels-idx1-ubyte", labels({0}));
}

/// One record a file; every byte of the image is the label.
void write_cifar10(const fs::path& directory, std::uint8_t label) {
  write_bytes(directory / "test_batch.bin", std::vector<std::uint8_t>(3073, label));
  write_bytes(directory / "data_batch_1.bin", std::vector<std::uint8_t>(3073, label));
}

/// Neither $KARNIN_DATA nor the cache hold anything unless a test puts it there.
class LoadDataset : public ::testing::Test {
 protected:
  test::TemporaryDirectory root_;
  fs::path data_ = root_ / "data";
  fs::path cache_ = root_ / "cache" / "karnin-cpu";
  test::ScopedVariable data_variable_{"KARNIN_DATA", data_.string()};
  test::ScopedVariable cache_variable_{"XDG_CACHE_HOME", (root_ / "cache").string()};
};

TEST_F(LoadDataset, PadsFashionMnistWithZeros) {
  write_fashion_mnist(data_ / "fashion-mnist");
  const Dataset data = load_dataset("fashion-mnist");
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
    return error_message<FileError>([] { load_dataset("fashion-mnist"); });
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
  EXPECT_THAT(error_message<FileError>([] { load_dataset("fashion-mnist"); }),
              HasSubstr("train-images-idx3-ubyte.gz"));
}

TEST_F(LoadDataset, LooksForCifar10InOrder) {
  write_cifar10(cache_ / "cifar-10-batches-bin", 1);
  EXPECT_EQ(load_dataset("cifar10").test.labels[0], 1) << "the cache";
  write_cifar10(data_, 2);
  EXPECT_EQ(load_dataset("cifar10").test.labels[0], 2) << "$KARNIN_DATA itself";
  write_cifar10(data_ / "cifar-10-batches-bin", 3);
  const Dataset data = load_dataset("cifar10");
  EXPECT_EQ(data.test.labels[0], 3) << "the folder in $KARNIN_DATA";
  EXPECT_EQ(data.name, "cifar10");
  EXPECT_EQ(data.directory, data_ / "cifar-10-batches-bin");
}

TEST_F(LoadDataset, PrefersCifar10WhenNothingIsAskedFor) {
  write_fashion_mnist(data_ / "fashion-mnist");
  EXPECT_EQ(load_dataset("").name, "fashion-mnist");
  write_cifar10(cache_ / "cifar-10-batches-bin", 1);
  EXPECT_EQ(load_dataset("").name, "cifar10");
}

TEST_F(LoadDataset, TakesADirectoryOfEitherKind) {
  write_cifar10(root_ / "mine", 4);
  write_fashion_mnist(root_ / "clothes");
  const Dataset mine = load_dataset((root_ / "mine").string() + "/");
  EXPECT_EQ(mine.name, "mine");
  EXPECT_EQ(mine.test.labels[0], 4);
  EXPECT_EQ(load_dataset((root_ / "clothes").string()).name, "clothes");
}

TEST_F(LoadDataset, ADirectoryMustNotHaveTheNameOfAStandardSet) {
  for (const char* name : {"cifar10", "fashion-mnist"}) {
    write_fashion_mnist(data_ / name);
    EXPECT_EQ(load_dataset((data_ / name).string()).name, (data_ / name).string());
  }
}

TEST_F(LoadDataset, AnEmptyVariableIsNoPlace) {
  write_cifar10(cache_ / "cifar-10-batches-bin", 2);
  write_fashion_mnist(data_ / "fashion-mnist");
  const test::ScopedVariable nowhere("KARNIN_DATA", "");
  EXPECT_EQ(load_dataset("cifar10").test.labels[0], 2);
  write_fashion_mnist(cache_ / "fashion-mnist");
  EXPECT_NE(load_dataset("fashion-mnist").directory, data_ / "fashion-mnist");
}

TEST_F(LoadDataset, WithoutTheVariableTheCacheIsThePlace) {
  write_cifar10(cache_ / "cifar-10-batches-bin", 2);
  write_cifar10(data_, 3);
  const test::ScopedVariable none("KARNIN_DATA", std::nullopt);
  EXPECT_EQ(load_dataset("cifar10").directory, cache_ / "cifar-10-batches-bin");
}

TEST_F(LoadDataset, SaysHowToGetWhatIsMissing) {
  const auto refusal = [](const std::string& data) {
    return error_message<DatasetMissingError>([&] { load_dataset(data); });
  };
  EXPECT_THAT(refusal("cifar10"), HasSubstr("karnin-cpu data fetch cifar10"));
  fs::create_directories(data_);
  EXPECT_THAT(refusal(data_.string()), HasSubstr("test_batch.bin (CIFAR-10) or t10k-images"));
  write_bytes(root_ / "file", std::vector<std::uint8_t>(5));
  EXPECT_THAT(refusal((root_ / "file").string()), HasSubstr("or a directory"));
  EXPECT_THAT(refusal("mnist"),
              HasSubstr("no data set 'mnist': expected cifar10, fashion-mnist or"));
  if (fs::exists("/usr/share/datasets/fashion-mnist")) return;  // it cannot be missing here
  EXPECT_THAT(refusal("fashion-mnist"), HasSubstr("apt-get install dataset-fashion-mnist"));
  EXPECT_THAT(refusal(""), HasSubstr("apt-get install dataset-fashion-mnist"));
}

std::string missing(const std::string& data) {
  return error_message<DatasetMissingError>([&] { load_dataset(data); });
}

TEST_F(LoadDataset, NamesTheVariableThatIsNoDirectory) {
  EXPECT_THAT(missing("cifar10"),
              HasSubstr("KARNIN_DATA is '" + data_.string() + "', which is no"));
  EXPECT_THAT(missing(""), HasSubstr("KARNIN_DATA is '"));
  for (const char* tilde : {"~/data", "~", "~somebody/data"}) {
    const test::ScopedVariable variable("KARNIN_DATA", tilde);
    for (const char* data : {"", "cifar10"})
      EXPECT_THAT(missing(data), AllOf(HasSubstr("KARNIN_DATA is '" + std::string(tilde) + "'"),
                                       HasSubstr("write $HOME instead")));
  }
  EXPECT_THAT(missing("~/data"), HasSubstr("write $HOME instead"));
  write_cifar10(cache_ / "cifar-10-batches-bin", 1);
  EXPECT_EQ(load_dataset("cifar10").test.labels[0], 1) << "it was asked for, and is here";
}

TEST_F(LoadDataset, TakesTheNamesThat7ZipGives) {
  const fs::path folder = data_ / "fashion-mnist";
  write_fashion_mnist(folder);
  const Dataset expected = load_dataset("fashion-mnist");
  for (const fs::path& path : entries_of(folder)) {
    std::string name = path.filename().string();
    name.replace(name.find("-idx"), 1, ".");
    fs::rename(path, folder / name);
  }
  for (const std::string& data : {std::string("fashion-mnist"), folder.string()}) {
    const Dataset renamed = load_dataset(data);
    EXPECT_EQ(renamed.train.pixels, expected.train.pixels);
    EXPECT_EQ(renamed.test.labels, expected.test.labels);
  }
}

TEST_F(LoadDataset, NamesTheFileThatIsNearlyRight) {
  for (const auto& [name, advice] : std::initializer_list<std::pair<const char*, const char*>>{
           {"t10k-images.idx3-ubyte.zip", "expected the name t10k-images-idx3-ubyte"},
           {"T10K_images_idx3_ubyte", "expected the name t10k-images-idx3-ubyte"},
           {"train-images-idx3-ubyte.gz", "expected t10k-images-idx3-ubyte beside it"},
           {"test_batch", "expected test_batch.bin"},
           {"data_batch_1.bin", "expected test_batch.bin beside it"},
           {"cifar-10-binary.tar.gz", "unpack it"},
           {"cifar-10-batches-py/test_batch", "not the one for Python"},
           {"cifar-10-batches-bin.zip", "unpack it"}}) {
    fs::remove_all(data_);
    write_bytes(data_ / name, std::vector<std::uint8_t>(5));
    const std::string entry = fs::path(name).begin()->string();
    for (const std::string& data : {std::string(), std::string("cifar10"), data_.string()})
      EXPECT_THAT(missing(data),
                  AllOf(HasSubstr(data_.string()), HasSubstr("'" + entry + "'"), HasSubstr(advice)))
          << data;
    EXPECT_THAT(missing(""), HasSubstr("KARNIN_DATA"));
  }
  EXPECT_THAT(missing(data_.string()), testing::Not(HasSubstr("KARNIN_DATA")));
  fs::remove_all(data_);
  write_fashion_mnist(data_);
  EXPECT_THAT(missing(""), HasSubstr("expected it in 'fashion-mnist' there, or --data"));
  fs::remove_all(data_);
  write_bytes(data_ / "fashion-mnist" / "t10k-images-idx3-ubyte.bz2", std::vector<std::uint8_t>(5));
  EXPECT_THAT(missing(""), HasSubstr("'t10k-images-idx3-ubyte.bz2' is there"));
  fs::remove_all(data_);
  write_cifar10(root_ / "above" / "cifar-10-batches-bin", 1);
  EXPECT_THAT(missing((root_ / "above").string()),
              HasSubstr("'cifar-10-batches-bin' is there: name that directory"));
  fs::create_directories(root_ / "other" / "cifar-100-python");
  EXPECT_THAT(missing((root_ / "other").string()), testing::Not(HasSubstr("is there")));
}

/// Root may read everything, so a loop of links stands for what may not be read.
TEST_F(LoadDataset, WhatCannotBeReadIsNotMissing) {
  const auto unreadable = [](const std::string& data) {
    return error_message<FileError>([&] { load_dataset(data); });
  };
  fs::create_directories(data_);
  fs::create_symlink("test_batch.bin", data_ / "test_batch.bin");
  for (const std::string& data : {std::string(), std::string("cifar10"), data_.string()})
    EXPECT_THAT(unreadable(data), HasSubstr("cannot read: Too many levels of symbolic links"));
  fs::create_symlink("loop", root_ / "loop");
  EXPECT_THAT(unreadable((root_ / "loop").string()), HasSubstr("symbolic links"));
  const test::ScopedVariable variable("KARNIN_DATA", (root_ / "loop").string());
  EXPECT_THAT(unreadable(""), HasSubstr("symbolic links"));
}

/// Nobody named the cache: it may lie in a home that is not ours.
TEST_F(LoadDataset, PassesOverACacheThatCannotBeRead) {
  fs::create_directories(cache_.parent_path());
  fs::create_symlink("karnin-cpu", cache_);
  write_fashion_mnist(data_ / "fashion-mnist");
  EXPECT_EQ(load_dataset("").name, "fashion-mnist");
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
  EXPECT_THROW(load_dataset("cifar10"), FileError) << "a sound one in the cache is no excuse";
}

}  // namespace
}  // namespace karnin
