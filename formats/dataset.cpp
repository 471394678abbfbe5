#include "formats/dataset.h"

#include <fmt/format.h>

#include <cstdlib>
#include <optional>

#include "formats/cifar10.h"
#include "formats/fashion_mnist.h"
#include "formats/fetch.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFetchCifar10 = "karnin-cpu data fetch cifar10";
constexpr std::string_view kInstallFashionMnist = "apt-get install dataset-fashion-mnist";

/// $KARNIN_DATA, if it is set.
std::optional<fs::path> data_directory() {
  const char* value = std::getenv("KARNIN_DATA");
  if (value == nullptr || *value == '\0') return std::nullopt;
  return fs::path(value);
}

std::optional<Dataset> find_cifar10() {
  std::vector<fs::path> places;
  if (const auto data = data_directory()) places = {*data / "cifar-10-batches-bin", *data};
  places.push_back(cache_directory() / "cifar-10-batches-bin");
  for (const fs::path& place : places)
    if (holds_cifar10(place)) return read_cifar10(place);
  return std::nullopt;
}

std::optional<Dataset> find_fashion_mnist() {
  std::vector<fs::path> places;
  if (const auto data = data_directory()) places.push_back(*data / "fashion-mnist");
  places.emplace_back("/usr/share/datasets/fashion-mnist");
  places.push_back(cache_directory() / "fashion-mnist");
  for (const fs::path& place : places)
    if (holds_fashion_mnist(place)) return read_fashion_mnist(place);
  return std::nullopt;
}

[[noreturn]] void missing(const std::string& what, std::string_view command) {
  throw DatasetMissingError(fmt::format("{}; get it with: {}", what, command));
}

Dataset read_directory(const std::string& data) {
  std::error_code error;
  const fs::path directory = fs::canonical(data, error);
  if (error || !fs::is_directory(directory, error))
    missing(fmt::format("no data set '{}': expected cifar10, fashion-mnist or a directory", data),
            kFetchCifar10);
  if (!holds_cifar10(directory) && !holds_fashion_mnist(directory))
    missing(fmt::format("no data set in '{}': expected test_batch.bin (CIFAR-10) or "
                        "t10k-images-idx3-ubyte[.gz] (Fashion-MNIST)",
                        data),
            kFetchCifar10);
  Dataset dataset =
      holds_cifar10(directory) ? read_cifar10(directory) : read_fashion_mnist(directory);
  // The names of the standard sets stand for where they are looked for, so a directory can't have
  // them.
  dataset.name = directory.filename().string();
  if (dataset.name == "cifar10" || dataset.name == "fashion-mnist")
    dataset.name = directory.string();
  return dataset;
}

/// In place: a row never moves to behind where it was.
void remove_border(ImageSet& set, std::int64_t border) {
  const Extent whole = set.extent;
  const std::int64_t h = whole.h - 2 * border, w = whole.w - 2 * border;
  auto to = set.pixels.begin();
  for (std::int64_t plane = 0; plane < set.size() * whole.c; ++plane)
    for (std::int64_t row = 0; row < h; ++row)
      to = std::copy_n(set.pixels.begin() + (plane * whole.h + row + border) * whole.w + border, w,
                       to);
  set.pixels.resize(static_cast<std::size_t>(to - set.pixels.begin()));
  set.extent = {whole.c, h, w};
}

}  // namespace

Extent Dataset::plain_extent() const {
  const Extent& image = train.extent;
  return {image.c, image.h - 2 * padding, image.w - 2 * padding};
}

void fit_padding(Dataset& dataset, const Extent& input) {
  if (dataset.padding == 0 || input != dataset.plain_extent()) return;
  for (ImageSet* set : {&dataset.train, &dataset.test}) remove_border(*set, dataset.padding);
  dataset.padding = 0;
}

Dataset load_dataset(const std::string& data) {
  if (!data.empty() && data != "cifar10" && data != "fashion-mnist") return read_directory(data);
  if (data != "fashion-mnist")
    if (auto found = find_cifar10()) return *std::move(found);
  if (data == "cifar10") missing("the data set cifar10 is not on this machine", kFetchCifar10);
  if (auto found = find_fashion_mnist()) return *std::move(found);
  missing(data.empty() ? "there is no data set on this machine"
                       : "the data set fashion-mnist is not on this machine",
          kInstallFashionMnist);
}

}  // namespace karnin
