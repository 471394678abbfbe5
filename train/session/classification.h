// A network's answers to a labelled image set.
#pragma once

#include <span>
#include <vector>

#include "formats/data/dataset.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/metrics.h"
#include "runtime/graph/model.h"

namespace karnin {

/// Pixels normalised on the way in. Keeps references.
ImageLoader loader_of(const Preprocess& preprocess, const ImageSet& images);

/// images x classes, from one run() over all of them.
std::vector<float> logits_of(Engine& engine, std::int64_t images, const ImageLoader& loader);

/// `logits` has a row for each of these images.
ConfusionMatrix confusion_of(std::span<const float> logits, const ImageSet& images,
                             std::int64_t classes);

/// All of these together. Throws as Engine::run() does.
ConfusionMatrix classify(Engine& engine, const Preprocess& preprocess, const ImageSet& images);

}  // namespace karnin
