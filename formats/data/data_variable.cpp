#include "formats/data/data_variable.h"

#include <fmt/format.h>

#include <system_error>

#include "formats/data/array_data.h"
#include "formats/data/cifar10.h"
#include "formats/data/dataset_hint.h"
#include "formats/data/fashion_mnist.h"
#include "formats/data/image_folder.h"
#include "formats/io/file_status.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kExpected =
    "expected a directory with CIFAR-10, in it or in its 'cifar-10-batches-bin', with "
    "Fashion-MNIST in its 'fashion-mnist', or with data of your own, or no KARNIN_DATA";

bool holds_own_data(const fs::path& data) {
  return holds_arrays(data) || holds_image_folders(data);
}

bool holds_standard_dataset(const fs::path& data) {
  return holds_cifar10(data / "cifar-10-batches-bin") || holds_cifar10(data) ||
         holds_fashion_mnist(data / "fashion-mnist");
}

bool holds_data_set(const fs::path& data) {
  return holds_standard_dataset(data) || holds_own_data(data);
}

/// "; 'NAME' is there: what to do with it", or "".
std::string nearly_there(const fs::path& data) {
  for (const fs::path& place : {data / "cifar-10-batches-bin", data / "fashion-mnist", data})
    if (const std::string hint = dataset_hint(place); !hint.empty())
      return (place == data ? "" : fmt::format(", nor '{}'", place.string())) + hint;
  return "";
}

}  // namespace

std::optional<fs::path> data_variable(const DataPlaces& places) {
  const std::string& value = places.variable;
  if (value.empty()) return std::nullopt;
  std::error_code error;
  if (fs::status(fs::path(value) / ".", error).type() == fs::file_type::none)
    throw FileError(value, 0, "cannot read what KARNIN_DATA names: " + error.message());
  return fs::path(value);
}

bool variable_holds_own_data(const DataPlaces& places) {
  const auto data = data_variable(places);
  return data && !holds_standard_dataset(*data) && holds_own_data(*data);
}

std::string problem_of_data_variable(const DataPlaces& places) {
  const auto data = data_variable(places);
  if (!data || holds_data_set(*data)) return "";
  const std::string name = fmt::format("KARNIN_DATA is '{}'", data->string());
  if (!is_directory_there(*data)) {
    const std::string tilde = tilde_hint(data->string());
    return name + ", which is no directory" +
           (tilde.empty() ? fmt::format(": {}", kExpected) : tilde);
  }
  if (holds_fashion_mnist(*data))
    return fmt::format(
        "{}, where t10k-images-idx3-ubyte is not looked for: expected it in "
        "'fashion-mnist' there, or --data {}",
        name, data->string());
  const std::string near = nearly_there(*data);
  return name + ", which holds no data set" +
         (near.empty() ? fmt::format(": {}", kExpected) : near);
}

std::string notice_of_data_variable(const DataPlaces& places) try {
  return problem_of_data_variable(places);
} catch (const FileError& error) {
  return error.what();
}

}  // namespace karnin
