#include "formats/model/architecture_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "formats/model/op_json.h"
#include "formats/model/storable.h"

namespace karnin {
namespace {

/// Who nobody reads would have no place in a program.
void require_readers(const Graph& graph) {
  const std::vector<std::vector<NodeId>> readers = readers_of(graph);
  for (NodeId id = 0; std::cmp_less(id, graph.nodes.size()); ++id)
    if (readers[static_cast<std::size_t>(id)].empty() && std::ranges::count(graph.outputs, id) == 0)
      throw ShapeError("layer '" + graph.node(id).name + "': nobody reads what it gives");
}

/// What has a form in JSON: a network that takes images in, by a node that stands first.
void check_shapes(const Graph& graph) {
  for (const Node& node : graph.nodes)  // which a layer names that reads the image
    if ((node.name == kInputName) != is<Input>(node.op))
      throw ShapeError("layer 'input': the name is reserved for the image");
  try {
    parameter_specs(graph);
    input_extent(graph);
    require_readers(graph);
  } catch (const ArgumentError& error) {  // a weight count beyond 64 bits
    throw ShapeError("architecture: " + std::string(error.what()));
  }
}

bool has_last_as_output(const Graph& graph) {
  return graph.outputs == std::vector{static_cast<NodeId>(graph.nodes.size()) - 1};
}

const Input& input_of(const Graph& graph) { return std::get<Input>(graph.nodes.front().op); }

// --- writing

std::string node_json(const Graph& graph, const Node& node) {
  std::vector<std::string> inputs;
  for (const NodeId input : node.inputs) inputs.push_back(json_string(graph.node(input).name));
  return fmt::format(R"({{"name":{},{},"inputs":{}}})", json_string(node.name), op_json(node.op),
                     json_array(inputs));
}

std::string outputs_json(const Graph& graph) {
  if (has_last_as_output(graph)) return "";
  std::vector<std::string> names;
  for (const NodeId output : graph.outputs) names.push_back(json_string(graph.node(output).name));
  return R"(,"outputs":)" + json_array(names);
}

// --- reading

/// Before a training, and not when its result is to be stored.
std::string storable_name(const JsonView& name) {
  if (!is_storable_name(name.text()))
    name.fail(fmt::format("expected at most {} bytes without control characters, got {} bytes",
                          kMaxNameBytes, name.text().size()));
  return name.text();
}

using NodesByName = std::map<std::string, NodeId>;

NodeId find(const JsonView& name, const NodesByName& nodes) {
  const auto found = nodes.find(name.text());
  if (found == nodes.end())
    name.fail("no layer before this one is called " + Json(name.text()).dump());
  return found->second;
}

std::vector<NodeId> read_nodes(const JsonView& names, const NodesByName& nodes) {
  std::vector<NodeId> ids;
  for (const JsonView& name : names.elements()) ids.push_back(find(name, nodes));
  return ids;
}

PixelOrder read_order(const JsonView& json) {
  if (!json.has("order")) return PixelOrder::chw;
  const std::string order = json["order"].text();
  if (order != "hwc" && order != "chw") json["order"].fail("expected \"chw\" or \"hwc\"");
  return order == "hwc" ? PixelOrder::hwc : PixelOrder::chw;
}

}  // namespace

std::string to_json(const Graph& graph) {
  check_shapes(graph);
  const auto& [input, order] = input_of(graph);
  std::vector<std::string> layers;
  for (const Node& node : graph.nodes)
    if (!is<Input>(node.op)) layers.push_back(node_json(graph, node));
  return fmt::format(R"({{"name":{},"input":[{},{},{}]{},"layers":{}{}}})", json_string(graph.name),
                     input.c, input.h, input.w, order == PixelOrder::hwc ? R"(,"order":"hwc")" : "",
                     json_array(layers), outputs_json(graph));
}

Graph architecture_from(const JsonView& json) {
  json.require_keys({"name", "input", "order", "layers", "outputs"});
  const auto input = json["input"].integers(3, 1, kMaxDim);
  Graph graph = make_graph(storable_name(json["name"]), {input[0], input[1], input[2]});
  std::get<Input>(graph.nodes.front().op).order = read_order(json);
  NodesByName nodes{{std::string(kInputName), 0}};
  const std::vector<JsonView> layers = json["layers"].elements();
  if (layers.size() > kMaxNodes)
    json["layers"].fail(
        fmt::format("expected at most {} layers, got {}", kMaxNodes, layers.size()));
  for (const JsonView& layer : layers) {
    const auto before = static_cast<NodeId>(graph.nodes.size()) - 1;
    std::string name = storable_name(layer["name"]);
    const Op op = op_from(layer);
    append(graph, name, op,
           layer.has("inputs") ? read_nodes(layer["inputs"], nodes) : std::vector{before});
    nodes.emplace(std::move(name), before + 1);
  }
  if (json.has("outputs")) graph.outputs = read_nodes(json["outputs"], nodes);
  check_shapes(graph);
  return graph;
}

bool is_in_first_schema(const Graph& graph) {
  const Extent last = infer_extents(graph).back();
  return is_chain(graph) && last.h == 1 && last.w == 1 &&
         std::ranges::all_of(graph.nodes,
                             [](const Node& node) { return is_in_first_schema(node.op); });
}

}  // namespace karnin
