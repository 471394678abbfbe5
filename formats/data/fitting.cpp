#include "formats/data/fitting.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "formats/data/class_names.h"
#include "runtime/core/error.h"
#include "runtime/core/flat_extent.h"

namespace karnin {
namespace {

bool takes(const Extent& input, const Extent& image) {
  return image != input && is_flat_form(input, image);
}

bool is_among(const std::string& name, const std::vector<std::string>& names) {
  return std::ranges::find(names, name) != names.end();
}

/// For two sets of names one of which, `name`, the network lacks.
[[noreturn]] void refuse_class(const Dataset& dataset, const std::string& name,
                               const std::vector<std::string>& classes) {
  const auto lacked = std::ranges::find_if(
      classes, [&](const std::string& known) { return !is_among(known, dataset.classes); });
  throw ArgumentError(
      fmt::format("data set '{}': expected classes that the network knows, as '{}', got '{}'",
                  dataset.name, lacked == classes.end() ? classes.front() : *lacked, name));
}

std::uint8_t label_of(const std::string& name, const std::vector<std::string>& classes) {
  const auto label = std::ranges::find(classes, name) - classes.begin();
  if (std::cmp_less(label, kMaxClasses)) return static_cast<std::uint8_t>(label);
  throw ArgumentError(fmt::format(
      "data set: expected the network's classes among its first {}, got '{}'", kMaxClasses, name));
}

}  // namespace

void fit_extent(ImageSet& set, const Extent& input, ArrayOrder flat) {
  if (!takes(input, set.extent)) return;
  const bool reorder = flat == ArrayOrder::nhwc;
  if (reorder && is_vector(input)) set.put_channels_last();
  set.extent = input;
  if (reorder && !is_vector(input)) set.put_channels_first();
}

void fit_to_network(Dataset& dataset, const Extent& input, std::int64_t classes, ArrayOrder flat) {
  const Extent plain = dataset.plain_extent();
  fit_padding(dataset, takes(input, plain) ? plain : input);
  fit_extent(dataset.train, input, flat);
  fit_extent(dataset.test, input, flat);
  if (dataset.numbered && std::cmp_less(dataset.classes.size(), classes))
    dataset.classes = numbered_classes(static_cast<std::size_t>(classes));
}

void fit_classes(Dataset& dataset, const std::vector<std::string>& classes) {
  if (dataset.numbered || dataset.classes == classes) return;
  std::vector<std::uint8_t> labels;
  for (const std::string& name : dataset.classes) {
    if (!is_among(name, classes)) {
      if (!are_named(classes)) return;
      refuse_class(dataset, name, classes);
    }
    labels.push_back(label_of(name, classes));
  }
  for (ImageSet* set : {&dataset.train, &dataset.test})
    for (std::uint8_t& label : set->labels) label = labels[label];
  dataset.classes = classes;
}

}  // namespace karnin
