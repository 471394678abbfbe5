// Which tile of outputs a sparse convolution works on: the cheapest by a count of cycles.
#pragma once

#include <cstdint>
#include <optional>

#include "runtime/kernels/kernels.h"

namespace karnin::kernels {

/// What is left of a convolution's weights.
struct KeptWeights {
  std::int64_t planes;  ///< of src that some of them reads
  std::int64_t count;
};

/// For images in so many lanes. Nothing if the window of not even one output of one plane fits into
/// the copy.
std::optional<SparseTile> lanes_tile(const ConvShape& shape, const KeptWeights& kept,
                                     std::int64_t lanes);

/// For vectors of so many positions of one image: some whole rows, or a part of one.
std::optional<SparseTile> planes_tile(const ConvShape& shape, const KeptWeights& kept,
                                      std::int64_t lanes);

}  // namespace karnin::kernels
