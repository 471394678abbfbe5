// Data in the shape that a network takes.
#pragma once

#include <string>
#include <vector>

#include "formats/data/data_form.h"
#include "formats/data/dataset.h"

namespace karnin {

/// Takes the border off the images where the network takes them without one; makes vectors of
/// images, or images of vectors, where it takes these and the sizes are the same, `flat` saying
/// whether the channels of a pixel lie together in the vectors; and numbers classes on up to
/// `classes` where they have no names. Leaves alone what doesn't fit.
void fit_to_network(Dataset& dataset, const Extent& input, std::int64_t classes, ArrayOrder flat);

/// The same for one set, without borders and classes.
void fit_extent(ImageSet& set, const Extent& input, ArrayOrder flat);

/// Puts the labels in the order of the network's `classes`, by their names. Leaves alone what has
/// no names on one of the two sides. Throws ArgumentError for a class that the network lacks.
void fit_classes(Dataset& dataset, const std::vector<std::string>& classes);

}  // namespace karnin
