// Units that pruning has left without a purpose: neurons, or the channels of a convolution.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/graph/model.h"

namespace karnin {

struct ShrinkReport {
  struct LayerCount {
    std::string layer;
    std::int64_t units = 0;     ///< before
    std::int64_t constant = 0;  ///< removed: all incoming weights were 0
    std::int64_t unused = 0;    ///< removed: all outgoing weights were 0
    bool operator==(const LayerCount&) const = default;
  };
  /// All but those whose units are the classes, or are read by several others.
  std::vector<LayerCount> layers;
};

/// Takes out every unit all of whose incoming weights are 0, its constant output being added to the
/// biases of the layer behind it, and every unit all of whose outgoing weights are 0; again until
/// there is none. The logits stay the same but for rounding, dropout being off. Layers get narrower
/// and keep one unit at least; masks and sensitivities shrink with their weights. A constant that
/// isn't 0 stays in front of a convolution with padding, behind which it is none at the border.
/// Throws ShapeError for an unsound model.
ShrinkReport shrink(Model& model);

}  // namespace karnin
