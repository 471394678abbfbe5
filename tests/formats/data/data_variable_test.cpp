// Where data sets are looked for, what is told where there is none, and what is wrong with
// $KARNIN_DATA then.
#include <gmock/gmock.h>

#include "formats/data/dataset.h"
#include "runtime/core/error.h"
#include "tests/formats/data/dataset_files.h"
#include "tests/support/error_message.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

using test::error_message;
using test::write_bytes;
using test::write_cifar10;
using test::write_fashion_mnist;
using ::testing::AllOf;
using ::testing::HasSubstr;

class DataVariable : public test::DatasetPlaces {
 protected:
  std::string missing(const std::string& data) const {
    return error_message<DatasetMissingError>([&] { load(data); });
  }
};

TEST_F(DataVariable, AnEmptyVariableIsNoPlace) {
  write_cifar10(cache_ / "cifar-10-batches-bin", 2);
  write_fashion_mnist(data_ / "fashion-mnist");
  places_.variable = "";
  EXPECT_EQ(load("cifar10").test.labels[0], 2);
  write_fashion_mnist(cache_ / "fashion-mnist");
  EXPECT_NE(load("fashion-mnist").directory, data_ / "fashion-mnist");
}

TEST_F(DataVariable, NamesTheVariableThatIsNoDirectory) {
  EXPECT_THAT(missing("cifar10"),
              HasSubstr("KARNIN_DATA is '" + data_.string() + "', which is no"));
  EXPECT_THAT(missing(""), HasSubstr("KARNIN_DATA is '"));
  for (const char* tilde : {"~/data", "~", "~somebody/data"}) {
    places_.variable = tilde;
    for (const char* data : {"", "cifar10"})
      EXPECT_THAT(missing(data), AllOf(HasSubstr("KARNIN_DATA is '" + std::string(tilde) + "'"),
                                       HasSubstr("write $HOME instead")));
  }
  EXPECT_THAT(missing("~/data"), HasSubstr("write $HOME instead"));
  write_cifar10(cache_ / "cifar-10-batches-bin", 1);
  EXPECT_EQ(load("cifar10").test.labels[0], 1) << "it was asked for, and is here";
}

/// Where the cache or Debian has one, which nobody asked for.
TEST_F(DataVariable, NamesTheVariableThatHoldsNoDataSet) {
  write_cifar10(cache_ / "cifar-10-batches-bin", 1);
  write_bytes(data_ / "something" / "else.txt", std::vector<std::uint8_t>(5));
  EXPECT_THAT(missing(""),
              AllOf(HasSubstr("KARNIN_DATA is '" + data_.string() + "', which holds no data set"),
                    HasSubstr("expected "), HasSubstr("'cifar-10-batches-bin'"),
                    HasSubstr("'fashion-mnist'")));
  EXPECT_EQ(load("cifar10").test.labels[0], 1) << "it was asked for, and is here";
}

TEST_F(DataVariable, NamesTheFileThatIsNearlyRight) {
  for (const auto& [name, advice] : std::initializer_list<std::pair<const char*, const char*>>{
           {"t10k-images.idx3-ubyte.zip", "expected the name t10k-images-idx3-ubyte"},
           {"T10K_images_idx3_ubyte", "expected the name t10k-images-idx3-ubyte"},
           {"train-images-idx3-ubyte.gz", "expected t10k-images-idx3-ubyte beside it"},
           {"test_batch", "expected test_batch.bin"},
           {"data_batch_1.bin", "expected test_batch.bin beside it"},
           {"cifar-10-binary.tar.gz", "unpack it"},
           {"cifar-10-batches-py/test_batch", "not the one for Python"},
           {"cifar-10-batches-bin.zip", "unpack it"},
           {"x_train.npy", "expected the names train_x.npy and train_y.npy"},
           {"Training/cat/1.png", "expected the name train"}}) {
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

TEST_F(DataVariable, NamesTheFileOfASetThatIsNearlyRight) {
  write_fashion_mnist(data_ / "fashion-mnist");
  for (const char* ending : {".bz2", ".xz", ".zip"}) {
    fs::remove(data_ / "fashion-mnist/train-labels-idx1-ubyte.gz");
    const std::string packed = std::string("train-labels-idx1-ubyte") + ending;
    write_bytes(data_ / "fashion-mnist" / packed, std::vector<std::uint8_t>(5));
    for (const std::string& data : {std::string(), (data_ / "fashion-mnist").string()})
      EXPECT_THAT(error_message<FileError>([&] { load(data); }),
                  AllOf(HasSubstr("'" + packed + "' is there"),
                        HasSubstr("expected the name train-labels-idx1-ubyte, or with .gz")));
    fs::remove(data_ / "fashion-mnist" / packed);
  }
}

/// Root may read everything, so a loop of links stands for what may not be read.
TEST_F(DataVariable, WhatCannotBeReadIsNotMissing) {
  const auto unreadable = [this](const std::string& data) {
    return error_message<FileError>([&] { load(data); });
  };
  fs::create_directories(data_);
  fs::create_symlink("test_batch.bin", data_ / "test_batch.bin");
  for (const std::string& data : {std::string(), std::string("cifar10"), data_.string()})
    EXPECT_THAT(unreadable(data), HasSubstr("cannot read: Too many levels of symbolic links"));
  fs::create_symlink("loop", root_ / "loop");
  EXPECT_THAT(unreadable((root_ / "loop").string()), HasSubstr("symbolic links"));
  places_.variable = (root_ / "loop").string();
  for (const char* data : {"", "cifar10", "fashion-mnist"})
    EXPECT_THAT(unreadable(data),
                AllOf(HasSubstr("KARNIN_DATA names"), HasSubstr("symbolic links")));
}

/// Nobody named the cache: it may lie in a home that is not ours.
TEST_F(DataVariable, PassesOverACacheThatCannotBeRead) {
  fs::create_directories(cache_.parent_path());
  fs::create_symlink("karnin-cpu", cache_);
  write_fashion_mnist(data_ / "fashion-mnist");
  EXPECT_EQ(load("").name, "fashion-mnist");
}

TEST_F(DataVariable, SaysHowToGetWhatIsMissing) {
  EXPECT_THAT(missing("cifar10"), HasSubstr("karnin-cpu data fetch cifar10"));
  fs::create_directories(data_);
  EXPECT_THAT(missing(data_.string()), HasSubstr("test_batch.bin (CIFAR-10), t10k-images"));
  write_bytes(root_ / "file", std::vector<std::uint8_t>(5));
  EXPECT_THAT(missing((root_ / "file").string()), HasSubstr("or a directory"));
  EXPECT_THAT(missing("mnist"),
              HasSubstr("no data set 'mnist': expected cifar10, fashion-mnist or"));
  if (fs::exists("/usr/share/datasets/fashion-mnist")) return;  // it cannot be missing here
  EXPECT_THAT(missing("fashion-mnist"), HasSubstr("apt-get install dataset-fashion-mnist"));
  places_.variable = "";
  EXPECT_THAT(missing(""), HasSubstr("apt-get install dataset-fashion-mnist"));
}

}  // namespace
}  // namespace karnin
