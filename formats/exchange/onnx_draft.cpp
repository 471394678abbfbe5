#include "formats/exchange/onnx_draft.h"

#include <fmt/format.h>

#include <algorithm>

#include "formats/io/printable.h"
#include "runtime/core/error.h"
#include "runtime/core/finite.h"

namespace karnin {
namespace {

constexpr std::size_t kLongestName = 96;  ///< bytes, of the 128 that our files take

/// The first bytes of a text in UTF-8 that make whole characters.
std::string_view cut(std::string_view text) {
  if (text.size() <= kLongestName) return text;
  std::size_t end = kLongestName;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) --end;
  return text.substr(0, end);
}

/// A byte goes in as it is: x = (u8 / 255 - 0) / (1 / 255).
Preprocess raw_pixels(std::int64_t channels) {
  const auto count = static_cast<std::size_t>(channels);
  return {std::vector<float>(count, 0.0F), std::vector<float>(count, 1.0F / 255.0F)};
}

}  // namespace

OnnxDraft::OnnxDraft(std::string_view name, OnnxSource& source) : source_(source) {
  graph_.name = name.empty() ? "onnx" : cut(printable_line(name));
}

OnnxView OnnxDraft::set_input(const Dims& dims, bool batched, bool channels_last) {
  input_dims_ = dims;
  OnnxView view = plain_view(0, dims, batched);
  Input input{natural_extent(view)};
  if (channels_last) {
    const std::int64_t channels = dims.back();
    const std::int64_t plane = view.size() / channels;
    input = {{channels, dims.size() == 4 ? dims[1] : 1, dims[dims.size() - 2]}, PixelOrder::hwc};
    view.order = joined({{plane, 1}, {channels, plane}});
  }
  add(kInputName, input, {});
  return view;
}

NodeId OnnxDraft::add(std::string_view name, Op op, std::vector<NodeId> srcs) {
  std::vector<Extent> extents;
  for (const NodeId src : srcs) extents.push_back(extent(src));
  extents_.push_back(karnin::extent(op, extents));
  input_read_ |= std::ranges::find(srcs, 0) != srcs.end();
  if (graph_.nodes.size() > kMaxNodes)
    throw ShapeError(fmt::format("expected at most {} layers, got more", kMaxNodes));
  graph_.nodes.push_back({unique_name(name), op, std::move(srcs)});
  return static_cast<NodeId>(graph_.nodes.size()) - 1;
}

NodeId OnnxDraft::add_once(std::string_view name, const Op& op, NodeId src) {
  const auto same = std::ranges::find_if(graph_.nodes, [&](const Node& each) {
    return each.inputs == std::vector{src} && each.op == op;
  });
  return same == graph_.nodes.end() ? add(name, op, {src})
                                    : static_cast<NodeId>(same - graph_.nodes.begin());
}

NodeId OnnxDraft::scaled(std::string_view name, NodeId node, float factor) {
  const NodeId id = add(name, ChannelAffine{}, {node});
  const auto channels = static_cast<std::size_t>(extent(id).c);
  set(id, Role::scale, Reals(channels, factor));
  set(id, Role::shift, Reals(channels, 0.0F));
  return id;
}

NodeId OnnxDraft::reshaped(NodeId node, const Extent& extent) {
  if (is<Reshape>(this->node(node).op)) node = this->node(node).inputs.front();
  if (this->extent(node) == extent) return node;
  return add_once("reshape", Reshape{extent}, node);
}

NodeId OnnxDraft::as_image(NodeId node, const Extent& extent) {
  auto* input = std::get_if<Input>(&graph_.node(node).op);
  if (input == nullptr || input_read_ || input->order == PixelOrder::hwc)
    return reshaped(node, extent);
  const bool ends_in_channel =
      std::ranges::equal(std::span(input_dims_).last(std::min<std::size_t>(3, input_dims_.size())),
                         Dims{extent.h, extent.w, 1});
  if (extent != input->extent && extent.c == 1 && ends_in_channel) input->order = PixelOrder::hwc;
  input->extent = extent;
  extents_.front() = extent;
  return node;
}

void OnnxDraft::set(NodeId id, Role role, const Reals& values) {
  std::vector<Extent> srcs;
  for (const NodeId src : node(id).inputs) srcs.push_back(extent(src));
  for (ParameterShape& shape : parameters(node(id).op, srcs)) {
    if (shape.role != role) continue;
    const std::int64_t count = element_count(shape.dims);
    if (std::cmp_not_equal(count, values.size()))
      throw ShapeError(
          fmt::format("{}: expected {} values, got {}", to_string(role), count, values.size()));
    if (!are_finite(values))
      throw ShapeError(fmt::format("{}: expected finite values", to_string(role)));
    source_.spend(count);
    Tensor tensor(std::move(shape.dims));
    std::ranges::copy(values, tensor.data());
    parameters_.insert_or_assign({id, role}, std::move(tensor));
  }
}

/// The second "relu" is "relu_2". Counting goes on where it ended: files may have thousands of one
/// name.
std::string OnnxDraft::unique_name(std::string_view wanted) {
  const std::string base(cut(printable_line(wanted)));
  std::string name = base;
  while (names_.contains(name)) name = fmt::format("{}_{}", base, ++names_.find(base)->second);
  names_.emplace(name, 1);
  return name;
}

std::vector<bool> OnnxDraft::needed(const std::vector<NodeId>& outputs) const {
  std::vector<bool> needed(graph_.nodes.size(), false);
  needed.front() = true;
  for (const NodeId output : outputs) needed[static_cast<std::size_t>(output)] = true;
  for (std::size_t id = needed.size(); id-- > 0;)  // readers come after what they read
    for (const NodeId src : graph_.nodes[id].inputs)
      if (needed[id]) needed[static_cast<std::size_t>(src)] = true;
  return needed;
}

Model OnnxDraft::finish(std::vector<NodeId> outputs) {
  const std::vector<bool> kept = needed(outputs);
  std::vector<NodeId> renumbered(kept.size(), -1);
  const auto renumber = [&](NodeId& id) { id = renumbered[static_cast<std::size_t>(id)]; };
  std::map<std::pair<NodeId, Role>, Tensor> tensors;
  Model model;
  model.graph.name = std::move(graph_.name);
  for (std::size_t id = 0; id < kept.size(); ++id) {
    if (!kept[id]) continue;
    renumbered[id] = static_cast<NodeId>(model.graph.nodes.size());
    model.graph.nodes.push_back(std::move(graph_.nodes[id]));
    std::ranges::for_each(model.graph.nodes.back().inputs, renumber);
  }
  for (auto& [key, tensor] : parameters_)
    tensors.emplace(std::pair(renumbered[static_cast<std::size_t>(key.first)], key.second),
                    std::move(tensor));
  std::ranges::for_each(outputs, renumber);
  model.graph.outputs = std::move(outputs);
  for (ParameterSpec& spec : parameter_specs(model.graph))
    model.parameters.push_back(
        {std::move(spec.name), std::move(tensors.at({spec.node, spec.role})), {}});
  model.preprocess = raw_pixels(extents_.front().c);
  validate(model);
  return model;
}

Extent natural_extent(const OnnxView& view) {
  std::span<const std::int64_t> dims = view.image_dims();
  if (!view.batched && !dims.empty() && dims[0] == 1) dims = dims.subspan(1);
  const auto at = [&](std::size_t axis) { return axis < dims.size() ? dims[axis] : 1; };
  if (dims.size() <= 2) return {at(0), 1, at(1)};
  return {at(0), at(1), element_count(dims.subspan(2))};
}

}  // namespace karnin
