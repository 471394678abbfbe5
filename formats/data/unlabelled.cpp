#include "formats/data/unlabelled.h"

#include <algorithm>
#include <system_error>

#include "formats/data/array_data.h"
#include "formats/data/fitting.h"
#include "formats/data/image_folder.h"
#include "formats/images/image_file.h"
#include "formats/io/file_status.h"
#include "runtime/core/error.h"
#include "runtime/core/flat_extent.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

/// A link may lead back up.
bool is_own_directory(const fs::path& path) {
  std::error_code error;
  return !fs::is_symlink(path, error) && is_directory_there(path);
}

void append_images(const fs::path& directory, std::vector<fs::path>& images) {
  for (const fs::path& entry : entries_of(directory)) {
    if (entry.filename().string().starts_with('.')) continue;
    if (is_own_directory(entry))
      append_images(entry, images);
    else if (has_image_name(entry))
      images.push_back(entry);
  }
}

ImageSet read_file_of_images(const fs::path& path, const DataForm& form) {
  if (is_array_file(path)) return read_array_images(path, form).set;
  ImageSet set{image_extent(path, form), {}, {0}};
  append_image(set, path, form);
  return set;
}

}  // namespace

std::vector<fs::path> image_files(const fs::path& path) {
  if (!is_directory_there(path)) return {path};
  std::vector<fs::path> images;
  append_images(path, images);
  if (images.empty())
    throw FileError(path.string(), 0, "expected PNG or JPEG images in it, got none");
  return images;
}

bool is_array_file(const fs::path& path) { return path.extension() == ".npy"; }

ImageSet read_unlabelled(const fs::path& path, const DataForm& form, const Extent& input,
                         ArrayOrder flat) {
  ImageSet set = read_file_of_images(path, form);
  const Extent got = set.extent;
  fit_extent(set, input, flat);
  if (set.extent == input) return set;
  const bool ordered = is_array_file(path) && !is_vector(got);
  throw FileError(path.string(), 0,
                  "expected " + to_string(input) + ", which the network takes, got " +
                      to_string(got) + (ordered ? ": say --layout nchw|nhwc" : ""));
}

}  // namespace karnin
