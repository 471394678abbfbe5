// A value that depends on the image, as an ONNX file sees it: axes in an order that need not be
// that of memory. So a Transpose, Reshape, Squeeze or Flatten is nothing but another view, until
// somebody asks for an order that memory hasn't got.
#pragma once

#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "formats/exchange/onnx_constants.h"
#include "runtime/graph/graph.h"

namespace karnin {

/// A batch that the file leaves open counts as so many images while shapes are worked out: a prime
/// that no size of a network has, so that nothing else is taken for the batch.
inline constexpr std::int64_t kFreeBatch = 0x7FFFFFFF;

/// Elements of a node `stride` apart.
struct OnnxRun {
  std::int64_t size = 1;
  std::int64_t stride = 1;
  bool operator==(const OnnxRun&) const = default;
};
using OnnxRuns = std::vector<OnnxRun>;

/// Where a network is for one image no axis needs to be the batch: then each may be moved or joined
/// with others.
struct OnnxView {
  NodeId node = 0;
  Dims dims;            ///< as in the file
  bool batched = true;  ///< the first of them is the batch, which is no part of the node
  OnnxRuns order;       ///< nested, outermost first: all elements of an image in ONNX's order
  bool sole = true;     ///< no other value of the file is of the same node

  std::size_t first_axis() const { return batched ? 1 : 0; }  ///< of the image
  std::span<const std::int64_t> image_dims() const { return std::span(dims).subspan(first_axis()); }
  std::int64_t size() const { return element_count(image_dims()); }  ///< of one image
};

/// Without runs of one element, and with those joined that follow one another in memory.
OnnxRuns joined(const OnnxRuns& runs);

/// Whether ONNX's order is that of memory.
bool is_plain(const OnnxRuns& order);

/// A view of a whole node in memory's order.
OnnxView plain_view(NodeId node, Dims dims, bool batched);

/// The view of a new node that has each element where the node of `view` had it.
OnnxView moved_to(NodeId node, const OnnxView& view);

/// The runs of each axis, none of the batch; or nothing where axes end inside of a run.
std::optional<std::vector<OnnxRuns>> runs_of(const OnnxView& view);

/// For the elements of an image in ONNX's order: where each is in memory.
Integers places_of(const OnnxView& view);

/// A value in dimensions that a view can't have: expanded, or its batch joined with other axes. Few
/// operators go on from here.
struct OnnxGuise {
  OnnxView view;  ///< as it was
  Dims dims;      ///< as in the file

  bool is_expanded() const { return element_count(dims) != element_count(view.dims); }
  /// Whether the last axis is still the same: all others are as many positions.
  bool keeps_last_axis() const;
};

/// The view may be joined to nothing: others have its node.
OnnxGuise disguised(OnnxView view, Dims dims);

using OnnxValue = std::variant<OnnxConstant, OnnxView, OnnxGuise>;

/// Of any kind, as in the file: a view's with the batch.
const Dims& dims_of(const OnnxValue& value);

}  // namespace karnin
