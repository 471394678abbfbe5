#include "formats/exchange/onnx_view.h"

#include <utility>

#include "runtime/core/overloaded.h"

namespace karnin {

OnnxRuns joined(const OnnxRuns& runs) {
  OnnxRuns joint;
  for (const OnnxRun& run : runs) {
    if (run.size == 1) continue;
    if (!joint.empty() && joint.back().stride == run.size * run.stride)
      joint.back() = {joint.back().size * run.size, run.stride};
    else
      joint.push_back(run);
  }
  return joint;
}

bool is_plain(const OnnxRuns& order) { return joined(order).size() <= 1; }

OnnxView plain_view(NodeId node, Dims dims, bool batched) {
  OnnxView view{node, std::move(dims), batched, {}};
  view.order = joined({{view.size(), 1}});
  return view;
}

OnnxView moved_to(NodeId node, const OnnxView& view) {
  return {node, view.dims, view.batched, view.order};
}

/// Cuts runs at the ends of axes: an axis takes whole runs, or divides the one that is left.
std::optional<std::vector<OnnxRuns>> runs_of(const OnnxView& view) {
  std::vector<OnnxRuns> axes(view.first_axis());
  OnnxRuns left(view.order.rbegin(), view.order.rend());  // the outermost is the last
  for (std::size_t axis = view.first_axis(); axis < view.dims.size(); ++axis) {
    axes.emplace_back();
    std::int64_t wanted = view.dims[axis];
    while (wanted > 1) {
      OnnxRun& run = left.back();
      if (wanted % run.size == 0) {
        axes.back().push_back(run);
        wanted /= run.size;
        left.pop_back();
      } else if (run.size % wanted == 0) {
        run.size /= wanted;
        axes.back().push_back({wanted, run.stride * run.size});
        wanted = 1;
      } else {
        return std::nullopt;
      }
    }
  }
  return axes;
}

Integers places_of(const OnnxView& view) {
  Dims sizes, strides;
  for (const OnnxRun& run : view.order) {
    sizes.push_back(run.size);
    strides.push_back(run.stride);
  }
  return offsets_of(sizes, strides);
}

bool OnnxGuise::keeps_last_axis() const {
  return !is_expanded() && !dims.empty() && view.dims.size() > view.first_axis() &&
         dims.back() == view.dims.back();
}

OnnxGuise disguised(OnnxView view, Dims dims) {
  view.sole = false;
  return {std::move(view), std::move(dims)};
}

const Dims& dims_of(const OnnxValue& value) {
  return std::visit(
      Overloaded{[](const OnnxConstant& constant) -> const Dims& { return constant.dims(); },
                 [](const auto& of_image) -> const Dims& { return of_image.dims; }},
      value);
}

}  // namespace karnin
