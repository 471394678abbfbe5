// Data sets of a few images on disk, and places where nothing else is found.
#pragma once

#include <gmock/gmock.h>

#include <filesystem>
#include <initializer_list>
#include <vector>

#include "formats/data/dataset.h"
#include "tests/support/idx_file.h"
#include "tests/support/temporary_directory.h"

namespace karnin::test {

inline constexpr std::size_t kPixels = 28 * 28;

inline std::vector<std::uint8_t> images(std::uint32_t count, std::uint8_t value) {
  return idx_bytes({count, 28, 28}, std::vector<std::uint8_t>(count * kPixels, value));
}

inline std::vector<std::uint8_t> labels(std::initializer_list<std::uint8_t> values) {
  return idx_bytes({static_cast<std::uint32_t>(values.size())}, std::vector<std::uint8_t>(values));
}

inline void write_fashion_mnist(const std::filesystem::path& directory) {
  write_bytes(directory / "train-images-idx3-ubyte", images(2, 7));
  write_bytes(directory / "train-labels-idx1-ubyte.gz", gzip(labels({3, 9})));
  write_bytes(directory / "t10k-images-idx3-ubyte.gz", gzip(images(1, 255)));
  write_bytes(directory / "t10k-labels-idx1-ubyte", labels({0}));
}

/// One record a file; every byte of the image is the label.
inline void write_cifar10(const std::filesystem::path& directory, std::uint8_t label) {
  write_bytes(directory / "test_batch.bin", std::vector<std::uint8_t>(3073, label));
  write_bytes(directory / "data_batch_1.bin", std::vector<std::uint8_t>(3073, label));
}

/// Neither place holds anything unless a test puts it there.
class DatasetPlaces : public testing::Test {
 protected:
  Dataset load(const std::string& data) const { return load_dataset(data, places_); }

  TemporaryDirectory root_;
  std::filesystem::path data_ = root_ / "data";
  std::filesystem::path cache_ = root_ / "cache" / "karnin-cpu";
  DataPlaces places_{data_.string(), cache_};
};

}  // namespace karnin::test
