// What a network makes of images that nobody has labelled.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "formats/data/image_set.h"
#include "runtime/engine/engine.h"
#include "runtime/graph/compact_model.h"

namespace karnin {

/// An engine whose kernels follow from the model alone: the same answers on every run.
class Predictor {
 public:
  /// Keeps a reference to the model. Throws ShapeError for several outputs, and as Engine does.
  Predictor(const CompactModel& model, int threads);

  const Extent& output() const { return output_; }
  /// Images x output().size(): what the network itself gives. Throws as Engine::run() does.
  std::vector<float> outputs(const ImageSet& images);
  /// The same as shares of 1: by softmax over all of an image, unless the network has ended in one
  /// or in sigmoids.
  std::vector<float> probabilities(const ImageSet& images);

 private:
  const CompactModel& model_;
  Extent output_;
  Engine engine_;
};

struct RankedClass {
  std::int64_t label = 0;
  float probability = 0;
};

/// The `count` most probable classes, all if there are fewer; of equals the first one comes first.
std::vector<RankedClass> top_classes(std::span<const float> probabilities, std::int64_t count);

}  // namespace karnin
