// What the nodes of a network give for images that nobody needs to have labelled.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "runtime/graph/model.h"
#include "train/calibration/calibration.h"

namespace karnin {

/// Values of some nodes for images [first, first + count): of each count x (c x h x w) floats.
struct ValueBatch {
  std::int64_t first = 0, count = 0;
  std::vector<std::span<const float>> values;
};

class NetworkValues {
 public:
  /// Keeps references to both; the model may change between calls, but for its graph. Throws
  /// ArgumentError for no images, ShapeError where they don't fit it.
  NetworkValues(const Model& model, const CalibrationImages& images, int threads);

  std::int64_t images() const { return images_.count; }
  const Model& model() const { return model_; }

  /// Calls `take` for one batch of images after the other, in order; how many they are follows from
  /// the sizes of the network's values alone. The nodes must all lie behind the one of the last
  /// advance(), or be it. Throws as Engine does.
  void each_batch(std::span<const NodeId> nodes,
                  const std::function<void(const ValueBatch&)>& take);

  /// Keeps the values at the last cut in front of `node`, from which each_batch() then starts,
  /// where they take no more than kMaxKept floats: what lies in front is not to change any more.
  void advance(NodeId node);
  static constexpr std::int64_t kMaxKept = std::int64_t{1} << 28;  ///< a gigabyte

 private:
  void load(std::int64_t first, std::int64_t count, float* dst) const;

  const Model& model_;
  const CalibrationImages& images_;
  int threads_;
  std::vector<Extent> extents_;
  NodeId start_ = 0;
  std::vector<float> kept_;  // at start_, unless that is the input
};

}  // namespace karnin
