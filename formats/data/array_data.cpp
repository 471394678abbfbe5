#include "formats/data/array_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "formats/data/class_names.h"
#include "formats/data/npy.h"
#include "formats/io/file_status.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

/// What colour and transparency come to; more is no axis of channels, unless somebody says so.
constexpr std::int64_t kMaxColours = 4;

ArrayOrder order_of(const std::vector<std::int64_t>& d, const DataForm& form) {
  if (form.order) return *form.order;
  const bool first = form.input == Extent{d[1], d[2], d[3]};
  const bool last = form.input == Extent{d[3], d[1], d[2]};
  if (first != last) return last ? ArrayOrder::nhwc : ArrayOrder::nchw;
  if (form.usual) return *form.usual;
  return d[3] <= kMaxColours && d[1] > kMaxColours ? ArrayOrder::nhwc : ArrayOrder::nchw;
}

Extent extent_of(const NpyArray& array, ArrayOrder order, const fs::path& path) {
  const std::vector<std::int64_t>& d = array.dims;
  if (d.size() == 2) return {d[1], 1, 1};
  if (d.size() == 3) return {1, d[1], d[2]};
  if (d.size() == 4 && order == ArrayOrder::nhwc) return {d[3], d[1], d[2]};
  if (d.size() == 4) return {d[1], d[2], d[3]};
  throw FileError(path.string(), 0,
                  fmt::format(".npy shape ({}): expected 2 to 4 axes, the first of which counts "
                              "images",
                              fmt::join(d, ", ")));
}

void take_values(ImageSet& set, NpyArray array, const fs::path& path) {
  if (array.type == "u1")
    set.pixels = std::move(array.bytes);
  else
    set.values = npy_floats(array, path);
}

std::vector<std::uint8_t> read_array_labels(const fs::path& path, std::int64_t images) {
  const NpyArray array = read_npy(path);
  const bool column = array.dims.size() == 2 && array.dims[1] == 1;
  if ((array.dims.size() != 1 && !column) || array.dims[0] != images)
    throw FileError(path.string(), 0,
                    fmt::format("expected {} labels, one an image, got shape ({})", images,
                                fmt::join(array.dims, ", ")));
  return npy_labels(array, kMaxClasses - 1, path);
}

ArrayImages read_array_part(const fs::path& directory, const std::string& part,
                            const DataForm& form) {
  const fs::path x = directory / (part + "_x.npy"), y = directory / (part + "_y.npy");
  if (!is_there(x) && !is_there(y)) return {};
  ArrayImages images = read_array_images(x, form);
  images.set.labels = read_array_labels(y, images.set.size());
  return images;
}

void require_same_kind(const Dataset& dataset, const fs::path& directory) {
  const ImageSet &train = dataset.train, &test = dataset.test;
  if (train.extent == test.extent && train.values.empty() == test.values.empty()) return;
  throw FileError((directory / "test_x.npy").string(), 0,
                  fmt::format("expected {} of {}, as in train_x.npy, got {} of {}",
                              to_string(train.extent), train.values.empty() ? "bytes" : "floats",
                              to_string(test.extent), test.values.empty() ? "bytes" : "floats"));
}

/// How many classes the labels make it, at least.
std::size_t label_count(const Dataset& dataset) {
  std::size_t count = 0;
  for (const ImageSet* set : {&dataset.train, &dataset.test})
    for (const std::uint8_t label : set->labels) count = std::max<std::size_t>(count, label + 1U);
  return count;
}

void name_classes(Dataset& dataset, const fs::path& directory) {
  const std::size_t least = label_count(dataset);
  const auto names = read_class_names(directory);
  dataset.numbered = !names;
  dataset.classes = names ? *names : numbered_classes(least);
  if (dataset.classes.size() < least)
    throw FileError((directory / kClassFile).string(), 0,
                    fmt::format("expected a name for each of {} classes, got {}", least,
                                dataset.classes.size()));
}

}  // namespace

bool holds_arrays(const fs::path& directory) {
  return is_there(directory / "train_x.npy") || is_there(directory / "test_x.npy");
}

ArrayImages read_array_images(const fs::path& path, const DataForm& form) {
  NpyArray array = read_npy(path);
  const bool images = array.dims.size() == 4;
  const ArrayOrder order = images ? order_of(array.dims, form) : ArrayOrder::nchw;
  ImageSet set;
  set.extent = extent_of(array, order, path);
  set.labels.assign(static_cast<std::size_t>(array.dims[0]), 0);
  take_values(set, std::move(array), path);
  if (order == ArrayOrder::nhwc) set.put_channels_first();
  return {std::move(set), order};
}

Dataset read_arrays(const fs::path& directory, const DataForm& form) {
  Dataset dataset;
  dataset.directory = directory;
  ArrayImages train = read_array_part(directory, "train", form),
              test = read_array_part(directory, "test", form);
  dataset.order = train.set.size() == 0 ? test.order : train.order;
  dataset.train = std::move(train.set);
  dataset.test = std::move(test.set);
  if (dataset.train.size() == 0) dataset.train.extent = dataset.test.extent;
  if (dataset.test.size() == 0)
    dataset.test.extent = dataset.train.extent;
  else if (dataset.train.size() != 0)
    require_same_kind(dataset, directory);
  name_classes(dataset, directory);
  return dataset;
}

}  // namespace karnin
