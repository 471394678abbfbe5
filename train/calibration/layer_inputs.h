// A convolution or fully connected layer as a matrix product: each of its outputs, at one position
// of one image, is the product of a row of its weights with what it reads there.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/graph/graph.h"

namespace karnin {

/// Some of the weights of every row, [begin, begin + count).
struct Columns {
  std::int64_t begin = 0, count = 0;
};

class LayerInputs {
 public:
  /// Node `id` must be a Conv2d or FullyConnected; `extents` as infer_extents() has them.
  LayerInputs(const Graph& graph, std::span<const Extent> extents, NodeId id);

  std::int64_t groups() const { return conv_.groups; }
  std::int64_t rows() const { return dst_.c; }                       ///< of all groups
  std::int64_t group_rows() const { return dst_.c / conv_.groups; }  ///< of each
  std::int64_t columns() const { return static_cast<std::int64_t>(taps_.size()); }  ///< of a row
  std::int64_t positions() const { return dst_.h * dst_.w; }

  /// The columns in blocks that are worked on one after the other: one, unless a row is too long
  /// for a matrix of its own, or there are so many rows that their matrices would take minutes.
  std::vector<Columns> blocks() const;
  static constexpr std::int64_t kMaxColumns = 4096;  ///< of a block

  /// What those columns read for the output at `position` (y x width + x), group after group:
  /// groups() x columns.count floats. `src` is one image, c x h x w.
  void gather(const float* src, std::int64_t position, const Columns& columns, float* dst) const;

 private:
  struct Tap {
    std::int64_t channel = 0, y = 0, x = 0;  ///< from the upper left corner of a window
  };

  Conv2d conv_;  // a fully connected layer is one whose window is the image
  Extent src_, dst_;
  std::vector<Tap> taps_;
};

}  // namespace karnin
