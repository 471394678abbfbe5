#include "formats/data/dataset.h"

#include <fmt/format.h>

#include <optional>
#include <system_error>
#include <vector>

#include "formats/data/array_data.h"
#include "formats/data/border.h"
#include "formats/data/cifar10.h"
#include "formats/data/data_variable.h"
#include "formats/data/dataset_hint.h"
#include "formats/data/fashion_mnist.h"
#include "formats/data/image_folder.h"
#include "formats/io/file_status.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFetchCifar10 = "karnin-cpu data fetch cifar10";
constexpr std::string_view kInstallFashionMnist = "apt-get install dataset-fashion-mnist";

/// The first of our own places that holds the data set. One that cannot be read (somebody else's
/// home) is passed over: nobody named it.
std::optional<fs::path> place_of_ours(const std::vector<fs::path>& places,
                                      bool (*holds)(const fs::path&)) {
  for (const fs::path& place : places) {
    try {
      if (holds(place)) return place;
    } catch (const FileError&) {
    }
  }
  return std::nullopt;
}

std::optional<fs::path> find_cifar10(const DataPlaces& places) {
  if (const auto data = data_variable(places))
    for (const fs::path& place : {*data / "cifar-10-batches-bin", *data})
      if (holds_cifar10(place)) return place;
  return place_of_ours({places.cache / "cifar-10-batches-bin"}, holds_cifar10);
}

std::optional<fs::path> find_fashion_mnist(const DataPlaces& places) {
  if (const auto data = data_variable(places))
    if (fs::path place = *data / "fashion-mnist"; holds_fashion_mnist(place)) return place;
  return place_of_ours({"/usr/share/datasets/fashion-mnist", places.cache / "fashion-mnist"},
                       holds_fashion_mnist);
}

[[noreturn]] void missing(const std::string& what, std::string_view command) {
  throw DatasetMissingError(fmt::format("{}; get it with: {}", what, command));
}

[[noreturn]] void missing_by_name(const std::string& what, const DataPlaces& places,
                                  std::string_view command) {
  const std::string problem = problem_of_data_variable(places);
  missing(problem.empty() ? what : what + ": " + problem, command);
}

/// What --data names, without links and dots.
fs::path existing_directory(const std::string& data) {
  std::error_code error;
  fs::path directory = fs::canonical(data, error);
  if (error && error != std::errc::no_such_file_or_directory && error != std::errc::not_a_directory)
    throw FileError(data, 0, "cannot read: " + error.message());
  if (error || !is_directory_there(directory))
    missing(fmt::format("no data set '{}': expected cifar10, fashion-mnist or a directory{}", data,
                        tilde_hint(data)),
            kFetchCifar10);
  return directory;
}

/// The first layout of which there is a sign.
std::optional<Dataset> read_found(const fs::path& directory, const DataForm& form) {
  if (holds_cifar10(directory)) return read_cifar10(directory);
  if (holds_fashion_mnist(directory)) return read_fashion_mnist(directory);
  if (holds_arrays(directory)) return read_arrays(directory, form);
  if (holds_image_folders(directory)) return read_image_folders(directory, form);
  return std::nullopt;
}

Dataset read_directory(const std::string& data, const DataForm& form) {
  const fs::path directory = existing_directory(data);
  std::optional<Dataset> dataset = read_found(directory, form);
  if (!dataset)
    missing(fmt::format("no data set in '{}': expected test_batch.bin (CIFAR-10), "
                        "t10k-images-idx3-ubyte[.gz] (Fashion-MNIST), train_x.npy or train/CLASS/ "
                        "with images{}",
                        data, dataset_hint(directory)),
            kFetchCifar10);
  // The names of the standard sets stand for where they are looked for, so a directory can't have
  // them.
  dataset->name = directory.filename().string();
  if (is_standard_dataset(dataset->name)) dataset->name = directory.string();
  return *std::move(dataset);
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

bool holds_dataset(const fs::path& directory) {
  return holds_cifar10(directory) || holds_fashion_mnist(directory) || holds_arrays(directory) ||
         holds_image_folders(directory);
}

bool is_standard_dataset(const std::string& name) {
  return name == "cifar10" || name == "fashion-mnist";
}

Dataset load_dataset(const std::string& data, const DataPlaces& places, const DataForm& form) {
  if (!data.empty() && !is_standard_dataset(data)) return read_directory(data, form);
  const bool whichever = data.empty();
  if (whichever)  // nothing else is taken for what the variable was meant to name
    if (const std::string problem = problem_of_data_variable(places); !problem.empty())
      throw DatasetMissingError(problem);
  if (whichever && variable_holds_own_data(places)) return read_directory(places.variable, form);
  if (data != "fashion-mnist")
    if (const auto place = find_cifar10(places)) return read_cifar10(*place);
  if (data == "cifar10")
    missing_by_name("the data set cifar10 is not on this machine", places, kFetchCifar10);
  if (const auto place = find_fashion_mnist(places)) return read_fashion_mnist(*place);
  missing_by_name(whichever ? "there is no data set on this machine"
                            : "the data set fashion-mnist is not on this machine",
                  places, kInstallFashionMnist);
}

DatasetSurvey survey_dataset(const std::string& name, const DataPlaces& places) {
  if (name == "fashion-mnist")
    if (const auto place = find_fashion_mnist(places)) return survey_fashion_mnist(*place);
  const Dataset dataset = load_dataset(name, places);  // CIFAR-10 has no headers
  return {dataset.note, dataset.directory, dataset.train.size(), dataset.test.size()};
}

}  // namespace karnin
