#include "formats/data/fitting.h"

#include <utility>

#include "formats/data/class_names.h"
#include "runtime/core/flat_extent.h"

namespace karnin {
namespace {

bool takes(const Extent& input, const Extent& image) {
  return image != input && is_flat_form(input, image);
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

}  // namespace karnin
