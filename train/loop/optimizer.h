// Stochastic gradient descent with momentum (Polyak), Nesterov's variant, and L2 decay.
//   g' = g + weight_decay * w        v = momentum * v + g'
//   w -= rate * v                    (Nesterov: w -= rate * (g' + momentum * v))
#pragma once

#include <vector>

#include "runtime/core/aligned.h"
#include "runtime/graph/model.h"
#include "train/loop/mask_set.h"
#include "train/loop/parameter_range.h"

namespace karnin {

struct SgdOptions {
  double momentum = 0.9;
  double weight_decay = 0;  ///< on every parameter, biases included
  bool nesterov = false;
};

class SgdOptimizer {
 public:
  /// Works on the model's own tensors; model and masks must outlive it. Throws ArgumentError unless
  /// 0 <= momentum < 1 and 0 <= weight_decay.
  SgdOptimizer(Model& model, const MaskSet& masks, const SgdOptions& options);

  /// Before the ranges of a step: what the masks hold at 0, and its velocity, stays exactly 0.
  void heed_masks();

  /// One step of one range. gradient and delta (w after - w before) have range.count elements.
  /// Safe from several threads for disjoint ranges.
  void update(const ParameterRange& range, const float* gradient, double learning_rate,
              float* delta) noexcept;

  /// Sets the gradient of every weight in the range that a mask holds at 0 to 0.
  void drop_pruned(const ParameterRange& range, float* gradient) const noexcept;

  void forget_velocity();

  /// One velocity for each element of each parameter: all the state there is besides the weights.
  const std::vector<AlignedVector<float>>& velocity() const { return velocity_; }
  /// Throws ArgumentError unless there is one for each element of each parameter.
  void restore(const std::vector<AlignedVector<float>>& velocity);

 private:
  Model& model_;
  const MaskSet& masks_;
  SgdOptions options_;
  std::vector<AlignedVector<float>> velocity_;
  std::vector<AlignedVector<float>> factors_;  ///< the masks as 0 and 1, as kernels want them
  std::uint64_t version_ = 0;                  ///< of the masks that they were made from
};

}  // namespace karnin
