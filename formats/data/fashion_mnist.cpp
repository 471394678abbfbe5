#include "formats/data/fashion_mnist.h"

#include <fmt/format.h>

#include <optional>

#include "formats/data/border.h"
#include "formats/data/dataset_hint.h"
#include "formats/data/idx.h"
#include "formats/io/file_status.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSide = 28;
constexpr std::int64_t kMargin = 2;  // to 32 x 32

const std::vector<std::string>& fashion_classes() {
  static const std::vector<std::string> names{"T-shirt", "trouser", "pullover", "dress", "coat",
                                              "sandal",  "shirt",   "sneaker",  "bag",   "boot"};
  return names;
}

/// What is there of NAME-idx3-ubyte, NAME.idx3-ubyte (as 7-Zip calls what it unpacks, by the name
/// in the archive) and of either with .gz.
std::optional<fs::path> find_file(const fs::path& directory, const std::string& name,
                                  const std::string& kind) {
  for (const char* ending : {"", ".gz"})
    for (const char* link : {"-", "."})
      if (fs::path path = directory / fmt::format("{}{}{}{}", name, link, kind, ending);
          is_there(path))
        return path;
  return std::nullopt;
}

fs::path file_of(const fs::path& directory, const std::string& name, const std::string& kind) {
  if (auto found = find_file(directory, name, kind)) return *std::move(found);
  const fs::path missing = directory / (name + "-" + kind + ".gz");
  throw FileError(missing.string(), 0,
                  "expected this file, packed or not, got none" + name_hint(missing));
}

fs::path images_file(const fs::path& directory, const std::string& prefix) {
  return file_of(directory, prefix + "-images", "idx3-ubyte");
}

fs::path labels_file(const fs::path& directory, const std::string& prefix) {
  return file_of(directory, prefix + "-labels", "idx1-ubyte");
}

void require_image_sides(const fs::path& path, const std::vector<std::uint32_t>& dims) {
  if (dims[1] != kSide || dims[2] != kSide)
    throw FileError(
        path.string(), 8,
        fmt::format("image: expected {}x{} pixels, got {}x{}", kSide, kSide, dims[1], dims[2]));
}

void require_label_each(const fs::path& path, std::size_t labels, std::size_t images) {
  if (labels != images)
    throw FileError(path.string(), 4,
                    fmt::format("expected {} labels, one an image, got {}", images, labels));
}

/// What the headers say.
std::int64_t count_images(const fs::path& directory, const std::string& prefix) {
  const fs::path images = images_file(directory, prefix), labels = labels_file(directory, prefix);
  const std::vector<std::uint32_t> dims = read_idx_dims(images, 3);
  require_image_sides(images, dims);
  require_label_each(labels, read_idx_dims(labels, 1)[0], dims[0]);
  return dims[0];
}

std::vector<std::uint8_t> read_labels(const fs::path& path) {
  IdxArray array = read_idx(path, 1);
  for (std::size_t i = 0; i < array.values.size(); ++i)
    if (array.values[i] >= fashion_classes().size())
      throw FileError(path.string(), array.header_bytes + i,
                      fmt::format("label: expected 0 to {}, got {}", fashion_classes().size() - 1,
                                  array.values[i]));
  return std::move(array.values);
}

std::vector<std::uint8_t> read_pixels(const fs::path& path) {
  IdxArray array = read_idx(path, 3);
  require_image_sides(path, array.dims);
  return std::move(array.values);
}

ImageSet read_set(const fs::path& directory, const std::string& prefix) {
  const fs::path labels_path = labels_file(directory, prefix);
  ImageSet set{
      {1, kSide, kSide}, read_pixels(images_file(directory, prefix)), read_labels(labels_path)};
  require_label_each(labels_path, set.labels.size(), set.pixels.size() / (kSide * kSide));
  add_border(set, kMargin);
  return set;
}

}  // namespace

bool holds_fashion_mnist(const fs::path& directory) {
  return find_file(directory, "t10k-images", "idx3-ubyte").has_value();
}

DatasetSurvey survey_fashion_mnist(const fs::path& directory) {
  return {"", directory, count_images(directory, "train"), count_images(directory, "t10k")};
}

Dataset read_fashion_mnist(const fs::path& directory) {
  return {"fashion-mnist",
          "",
          directory,
          fashion_classes(),
          read_set(directory, "train"),
          read_set(directory, "t10k"),
          kMargin};
}

}  // namespace karnin
