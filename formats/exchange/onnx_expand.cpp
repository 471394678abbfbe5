// Expand.
#include <fmt/format.h>

#include "formats/exchange/onnx_broadcast.h"
#include "formats/exchange/onnx_operators.h"

namespace karnin {
namespace {

OnnxConstant expanded(OnnxDraft& draft, const OnnxConstant& constant, const Dims& dims) {
  draft.source().spend(2 * work_of(dims));
  const Integers places = broadcast_places(constant.dims(), dims);
  return constant.visit([&]<typename T>(const std::vector<T>& values) {
    std::vector<T> copies;
    for (const std::int64_t place : places)
      copies.push_back(values[static_cast<std::size_t>(place)]);
    return OnnxConstant(dims, std::move(copies));
  });
}

}  // namespace

/// A value of the image waits for one of that size, to which it is broadcast anyway.
OnnxValue build_expand(OnnxDraft& draft, const OnnxNode& node) {
  const Dims& target = node.integers_at(1);
  require_rank(target);
  Dims dims = broadcast_dims(dims_of(node.value(0)), target);
  if (node.is_constant(0)) return expanded(draft, node.constant(0), dims);
  const OnnxView& src = node.view(0);
  if (dims == src.dims) return src;
  OnnxNode::require(dims.size() == src.dims.size() && (!src.batched || dims[0] == src.dims[0]),
                    fmt::format("expected the batch to stay first, got {} of {}", to_string(dims),
                                to_string(src.dims)));
  return disguised(src, std::move(dims));
}

}  // namespace karnin
