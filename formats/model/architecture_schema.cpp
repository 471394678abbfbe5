#include "formats/model/architecture_schema.h"

#include <fmt/format.h>

#include <map>

#include "formats/model/storable.h"
#include "runtime/core/overloaded.h"

namespace karnin {
namespace {

/// What has a form in JSON: a chain that takes images in and gives one value a class.
void check_shapes(const Graph& graph) {
  for (const Node& node : graph.nodes)  // which a layer names that reads the image
    if (node.name == kInputName && !is<Input>(node.op))
      throw ShapeError("layer 'input': the name is reserved for the image");
  try {
    parameter_specs(graph);
    require_chain(graph);
    class_count(graph);
  } catch (const ArgumentError& error) {  // a weight count beyond 64 bits
    throw ShapeError("architecture: " + std::string(error.what()));
  }
}

// --- writing

std::string window_json(const auto& spec) {
  return fmt::format(R"("kernel":[{},{}],"stride":[{},{}],"padding":[{},{}])", spec.kh, spec.kw,
                     spec.sh, spec.sw, spec.ph.l, spec.pw.l);
}

/// "type" and what belongs to it, without braces.
std::string op_json(const Op& op) {
  return std::visit(
      Overloaded{[](const Conv2d& spec) {
                   return fmt::format(R"("type":"conv2d","oc":{},{})", spec.oc, window_json(spec));
                 },
                 [](const Pool2d& spec) {
                   return fmt::format(R"("type":"{}_pool2d",{})",
                                      spec.kind == PoolKind::max ? "max" : "avg",
                                      window_json(spec));
                 },
                 [](const Relu&) { return std::string(R"("type":"relu")"); },
                 [](const FullyConnected& spec) {
                   return fmt::format(R"("type":"fully_connected","oc":{})", spec.oc);
                 },
                 [](const Dropout& spec) {
                   return fmt::format(R"("type":"dropout","rate":{})", json_number(spec.rate));
                 },
                 [](const auto&) { return std::string(); }},  // no layer of a chain
      op);
}

std::string node_json(const Graph& graph, const Node& node) {
  std::vector<std::string> inputs;
  for (const NodeId input : node.inputs) inputs.push_back(json_string(graph.node(input).name));
  return fmt::format(R"({{"name":{},{},"inputs":{}}})", json_string(node.name), op_json(node.op),
                     json_array(inputs));
}

// --- reading

std::int64_t read_channels(const JsonView& layer) { return layer["oc"].integer(1, kMaxDim); }

/// Two integers, (height, width), or `missing` where the key is left out.
std::vector<std::int64_t> read_pair(const JsonView& layer, std::string_view key, std::int64_t least,
                                    std::vector<std::int64_t> missing) {
  return layer.has(key) ? layer[key].integers(2, least, kMaxDim) : std::move(missing);
}

template <typename Spec>
void read_window(const JsonView& layer, Spec& spec, bool stride_is_kernel) {
  const auto kernel = layer["kernel"].integers(2, 1, kMaxDim);
  const auto stride =
      read_pair(layer, "stride", 1, stride_is_kernel ? kernel : std::vector<std::int64_t>{1, 1});
  const auto padding = read_pair(layer, "padding", 0, {0, 0});
  spec.kh = kernel[0], spec.kw = kernel[1];
  spec.sh = stride[0], spec.sw = stride[1];
  spec.ph = padding[0], spec.pw = padding[1];
}

Conv2d read_conv(const JsonView& layer) {
  layer.require_keys({"name", "type", "inputs", "oc", "kernel", "stride", "padding"});
  Conv2d spec;
  spec.oc = read_channels(layer);
  read_window(layer, spec, false);
  return spec;
}

Pool2d read_pool(const JsonView& layer, PoolKind kind) {
  layer.require_keys({"name", "type", "inputs", "kernel", "stride", "padding"});
  Pool2d spec;
  spec.kind = kind;
  read_window(layer, spec, true);
  return spec;
}

Op read_op(const JsonView& layer) {
  const std::string type = layer["type"].text();
  if (type == "conv2d") return read_conv(layer);
  if (type == "max_pool2d") return read_pool(layer, PoolKind::max);
  if (type == "avg_pool2d") return read_pool(layer, PoolKind::average);
  if (type == "relu") {
    layer.require_keys({"name", "type", "inputs"});
    return Relu{};
  }
  if (type == "fully_connected") {
    layer.require_keys({"name", "type", "inputs", "oc"});
    return FullyConnected{read_channels(layer)};
  }
  if (type == "dropout") {
    layer.require_keys({"name", "type", "inputs", "rate"});
    return Dropout{layer["rate"].number()};
  }
  layer["type"].fail("unknown layer type " + Json(type).dump() +
                     ": expected conv2d, max_pool2d, avg_pool2d, relu, fully_connected or dropout");
}

/// Before a training, and not when its result is to be stored.
std::string storable_name(const JsonView& name) {
  if (!is_storable_name(name.text()))
    name.fail(fmt::format("expected at most {} bytes without control characters, got {} bytes",
                          kMaxNameBytes, name.text().size()));
  return name.text();
}

using NodesByName = std::map<std::string, NodeId>;

std::vector<NodeId> read_inputs(const JsonView& layer, const NodesByName& nodes, NodeId index) {
  if (!layer.has("inputs")) return {index - 1};
  std::vector<NodeId> inputs;
  for (const JsonView& input : layer["inputs"].elements()) {
    const std::string name = input.text();
    const auto found = nodes.find(name);
    if (found == nodes.end()) input.fail("no layer before this one is called " + Json(name).dump());
    inputs.push_back(found->second);
  }
  return inputs;
}

}  // namespace

std::string to_json(const Graph& graph) {
  check_shapes(graph);
  const Extent& input = input_extent(graph);
  std::vector<std::string> layers;
  for (const Node& node : graph.nodes)
    if (!is<Input>(node.op)) layers.push_back(node_json(graph, node));
  return fmt::format(R"({{"name":{},"input":[{},{},{}],"layers":{}}})", json_string(graph.name),
                     input.c, input.h, input.w, json_array(layers));
}

Graph architecture_from(const JsonView& json) {
  json.require_keys({"name", "input", "layers"});
  const auto input = json["input"].integers(3, 1, kMaxDim);
  Graph graph = make_graph(storable_name(json["name"]), {input[0], input[1], input[2]});
  NodesByName nodes{{std::string(kInputName), 0}};
  const std::vector<JsonView> layers = json["layers"].elements();
  if (layers.size() > kMaxNodes)
    json["layers"].fail(
        fmt::format("expected at most {} layers, got {}", kMaxNodes, layers.size()));
  for (const JsonView& layer : layers) {
    const auto index = static_cast<NodeId>(graph.nodes.size());
    std::string name = storable_name(layer["name"]);
    const Op op = read_op(layer);
    append(graph, name, op, read_inputs(layer, nodes, index));
    nodes.emplace(std::move(name), index);
  }
  check_shapes(graph);
  return graph;
}

}  // namespace karnin
