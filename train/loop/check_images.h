// Whether a network can be trained on, or scored by, a set of images.
#pragma once

#include "formats/data/dataset.h"
#include "runtime/graph/model.h"

namespace karnin {

/// Throws ArgumentError for no images, ShapeError where they or their labels do not fit the model.
void check_images(const Model& model, const ImageSet& images);

}  // namespace karnin
