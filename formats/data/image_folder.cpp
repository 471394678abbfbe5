#include "formats/data/image_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "formats/data/class_names.h"
#include "formats/images/image_file.h"
#include "formats/images/image_planes.h"
#include "formats/io/file_status.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

bool is_hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

std::vector<fs::path> folders_in(const fs::path& part) {
  std::vector<fs::path> folders;
  if (!is_directory_there(part)) return folders;
  for (const fs::path& entry : entries_of(part))
    if (!is_hidden(entry) && is_directory_there(entry)) folders.push_back(entry);
  if (folders.empty())
    throw FileError(part.string(), 0, "expected a folder for each class, got none");
  return folders;
}

std::vector<fs::path> images_in(const fs::path& folder) {
  std::vector<fs::path> images;
  for (const fs::path& entry : entries_of(folder))
    if (!is_hidden(entry) && has_image_name(entry)) images.push_back(entry);
  if (images.empty())
    throw FileError(folder.string(), 0, "expected PNG or JPEG images in it, got none");
  return images;
}

std::vector<std::string> names_of(const std::vector<fs::path>& folders) {
  if (folders.size() > kMaxClasses)
    throw FileError(
        folders.front().parent_path().string(), 0,
        fmt::format("expected at most {} classes, got {}", kMaxClasses, folders.size()));
  std::vector<std::string> names;
  for (const fs::path& folder : folders) names.push_back(folder.filename().string());
  return names;
}

std::uint8_t label_of(const fs::path& folder, const std::vector<std::string>& classes) {
  const auto found = std::ranges::find(classes, folder.filename().string());
  if (found == classes.end())
    throw FileError(folder.string(), 0,
                    "expected a class of classes.txt, or else of the folder train, got another");
  return static_cast<std::uint8_t>(found - classes.begin());
}

/// Image and label.
struct Entry {
  fs::path image;
  std::uint8_t label = 0;
};

std::vector<Entry> entries_in(const std::vector<fs::path>& folders,
                              const std::vector<std::string>& classes) {
  std::vector<Entry> entries;
  for (const fs::path& folder : folders) {
    const std::uint8_t label = label_of(folder, classes);
    for (fs::path& image : images_in(folder)) entries.push_back({std::move(image), label});
  }
  return entries;
}

ImageSet read_entries(const std::vector<Entry>& entries, const Extent& extent,
                      const DataForm& form) {
  ImageSet set{extent, {}, {}};
  set.pixels.reserve(entries.size() * static_cast<std::size_t>(extent.size()));
  for (const Entry& entry : entries) {
    append_image(set, entry.image, form);
    set.labels.push_back(entry.label);
  }
  return set;
}

}  // namespace

bool holds_image_folders(const fs::path& directory) {
  return is_directory_there(directory / "train") || is_directory_there(directory / "test");
}

Extent image_extent(const fs::path& first, const DataForm& form) {
  if (const std::int64_t c = form.image.c; c != 0 && c != 1 && c != 3)
    throw ArgumentError(fmt::format(
        "images have 1 channel or 3, but the network takes {}: expected arrays, as .npy", c));
  if (form.image.c != 0 && form.image.h != 0) return form.image;
  const Image image = read_image(first);
  Extent extent = form.image;
  if (extent.c == 0) extent.c = image.channels;
  if (extent.h == 0) extent.h = image.h, extent.w = image.w;
  return extent;
}

void append_image(ImageSet& set, const fs::path& path, const DataForm& form) {
  const Image image = read_image(path);
  const Extent& extent = set.extent;
  if (form.image.h == 0 && (image.h != extent.h || image.w != extent.w))
    throw FileError(path.string(), 0,
                    fmt::format("expected {}x{} pixels, as the first image has, got {}x{}: --size "
                                "HxW makes all images fit",
                                extent.h, extent.w, image.h, image.w));
  const std::size_t begin = set.pixels.size(), size = static_cast<std::size_t>(extent.size());
  set.pixels.resize(begin + size);
  write_planes(image, extent, std::span(set.pixels).subspan(begin, size));
}

Dataset read_image_folders(const fs::path& directory, const DataForm& form) {
  const std::vector<fs::path> train = folders_in(directory / "train");
  const std::vector<fs::path> test = folders_in(directory / "test");
  Dataset dataset;
  dataset.directory = directory;
  const auto names = read_class_names(directory);
  dataset.classes = names ? *names : names_of(train.empty() ? test : train);
  const std::vector<Entry> train_entries = entries_in(train, dataset.classes);
  const std::vector<Entry> test_entries = entries_in(test, dataset.classes);
  const Entry& first = train.empty() ? test_entries.front() : train_entries.front();
  const Extent extent = image_extent(first.image, form);
  dataset.train = read_entries(train_entries, extent, form);
  dataset.test = read_entries(test_entries, extent, form);
  return dataset;
}

}  // namespace karnin
