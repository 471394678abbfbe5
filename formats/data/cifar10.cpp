#include "formats/data/cifar10.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include "formats/data/digest.h"
#include "formats/io/atomic_file.h"
#include "formats/io/file_status.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

constexpr Extent kExtent{3, 32, 32};
constexpr std::size_t kImageBytes = std::size_t{3} * 32 * 32;
constexpr std::size_t kRecordBytes = 1 + kImageBytes;
constexpr std::size_t kOfficialTestImages = 10000;
constexpr std::uint64_t kMaxFileBytes = std::uint64_t{1} << 32;
constexpr std::string_view kTestFile = "test_batch.bin";
constexpr std::string_view kTrainingPrefix = "data_batch_";
constexpr std::string_view kTrainingSuffix = ".bin";
constexpr std::string_view kReencodedTestSha256 =
    "0ce179d0c0a5220739d6223197952896644ceabb648dacfdebd7f06789af543f";

/// The names as the paper shortens them.
const std::vector<std::string>& cifar10_classes() {
  static const std::vector<std::string> names{"plane", "car",  "bird",  "cat",  "deer",
                                              "dog",   "frog", "horse", "ship", "truck"};
  return names;
}

std::vector<std::uint8_t> read_records(const fs::path& path) {
  std::vector<std::uint8_t> bytes = read_file(path, kMaxFileBytes);
  if (bytes.empty() || bytes.size() % kRecordBytes != 0)
    throw FileError(path.string(), bytes.size() - bytes.size() % kRecordBytes,
                    fmt::format("expected whole records of {} bytes, at least one, got {} bytes",
                                kRecordBytes, bytes.size()));
  return bytes;
}

void append_records(std::span<const std::uint8_t> bytes, const fs::path& path, ImageSet& images) {
  for (std::size_t at = 0; at < bytes.size(); at += kRecordBytes) {
    const std::uint8_t label = bytes[at];
    if (label >= cifar10_classes().size())
      throw FileError(
          path.string(), at,
          fmt::format("label: expected 0 to {}, got {}", cifar10_classes().size() - 1, label));
    const auto pixels = bytes.subspan(at + 1, kImageBytes);
    images.labels.push_back(label);
    images.pixels.insert(images.pixels.end(), pixels.begin(), pixels.end());
  }
}

/// N of "data_batch_N.bin".
std::optional<unsigned> batch_number(std::string_view name) {
  if (!name.starts_with(kTrainingPrefix) || !name.ends_with(kTrainingSuffix)) return std::nullopt;
  name.remove_prefix(kTrainingPrefix.size());
  name.remove_suffix(kTrainingSuffix.size());
  unsigned number = 0;
  const auto [end, error] = std::from_chars(name.begin(), name.end(), number);
  if (error != std::errc{} || end != name.end()) return std::nullopt;
  return number;
}

std::vector<fs::path> training_files(const fs::path& directory) {
  std::map<unsigned, fs::path> by_number;
  for (const fs::path& entry : entries_of(directory))
    if (const auto number = batch_number(entry.filename().string()))
      by_number.emplace(*number, entry);
  if (by_number.empty())
    throw FileError((directory / "data_batch_1.bin").string(), 0,
                    "expected at least one file of training images, got none");
  std::vector<fs::path> files;
  for (auto& [number, path] : by_number) files.push_back(path);
  return files;
}

ImageSet read_training(const fs::path& directory) {
  const std::vector<fs::path> files = training_files(directory);
  std::uint64_t total = 0;
  std::error_code error;
  for (const fs::path& path : files)
    if (const auto size = fs::file_size(path, error); !error) total += size;
  ImageSet images{kExtent, {}, {}};
  images.pixels.reserve(std::min(total, files.size() * kMaxFileBytes));
  for (const fs::path& path : files) append_records(read_records(path), path, images);
  return images;
}

std::string note_on(std::span<const std::uint8_t> test_records) {
  if (sha256(test_records) == kReencodedTestSha256) return "pixels re-encoded as JPEG q75";
  const std::size_t images = test_records.size() / kRecordBytes;
  if (images == kOfficialTestImages) return "";
  return fmt::format("not the official test set: {} images", images);
}

}  // namespace

bool holds_cifar10(const fs::path& directory) { return is_there(directory / kTestFile); }

Dataset read_cifar10(const fs::path& directory) {
  const fs::path test_path = directory / kTestFile;
  const std::vector<std::uint8_t> test_records = read_records(test_path);
  Dataset dataset{"cifar10", note_on(test_records), directory, cifar10_classes(), {}, {}};
  dataset.test = {kExtent, {}, {}};
  append_records(test_records, test_path, dataset.test);
  dataset.train = read_training(directory);
  return dataset;
}

}  // namespace karnin
