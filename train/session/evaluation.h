// A model against a labelled image set.
#pragma once

#include "formats/data/dataset.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/metrics.h"
#include "train/session/classification.h"

namespace karnin {

/// What the network is shown of an image.
enum class View {
  plain,
  mirrored  ///< it and its mirror image, whose logits are averaged
};

/// classify() with an engine of its own whose kernels follow from the model alone: no race against
/// the clock can change the figure.
ConfusionMatrix classify(const NetworkView& network, const ImageSet& images, int threads,
                         View view = View::plain);

/// The median of a few runs over all images, loading from u8 pixels included. Warm up first.
double images_per_second(Engine& engine, const Preprocess& preprocess, const ImageSet& images);

}  // namespace karnin
