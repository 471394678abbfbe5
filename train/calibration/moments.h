// Second moments of what a layer reads, and of that with what its outputs lack: all that least
// squares want to know of the images.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/core/parallel.h"
#include "train/calibration/layer_inputs.h"
#include "train/calibration/sampled_positions.h"
#include "train/calibration/symmetric_matrix.h"

namespace karnin {

/// Of the inputs x and residuals r of one group, about their means: what a bias can't do.
struct Moments {
  std::vector<double> xx;    ///< columns x columns, both triangles
  std::vector<double> rx;    ///< rows x columns
  std::vector<double> x, r;  ///< the means

  std::size_t columns() const { return x.size(); }
  /// xx with its mean diagonal element times `damping` added to the diagonal; a little more where
  /// the inputs hardly change.
  SymmetricMatrix damped(double damping) const;
};

/// Adds them up: products in single precision, their sums in double, in an order that no number of
/// threads changes.
class MomentSums {
 public:
  /// Of some columns of a layer; keeps references. Without `residuals` rx and r stay empty.
  MomentSums(const LayerInputs& layer, const Columns& columns, const SampledPositions& positions,
             bool residuals);

  /// Images [first, first + count): what the layer reads of each, c x h x w, and its residuals as
  /// SampledPositions::take() has them, or nothing.
  void add(std::int64_t first, std::int64_t count, std::span<const float> src,
           std::span<const float> residuals, Arena& arena);

  /// By group. Call it once, after at least one image.
  std::vector<Moments> finish();

 private:
  struct Tile;
  void gather(std::int64_t first, std::int64_t count, std::span<const float> src, Arena& arena);
  std::vector<Tile> tiles() const;
  void add_tile(const Tile& tile, std::span<const float> residuals);
  void add_means(std::size_t group, std::span<const float> residuals);

  const LayerInputs& layer_;
  Columns columns_;
  const SampledPositions& positions_;
  bool residuals_;
  std::int64_t added_ = 0, samples_ = 0;  // that were added last, and all
  std::vector<Moments> sums_;
  std::vector<float> x_;  // added_ x groups x columns
};

}  // namespace karnin
