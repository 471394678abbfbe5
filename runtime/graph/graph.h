// What a network is made of: nodes in topological order, each naming its inputs. No parameters,
// no compute. Shape rules live here because readers must check them without any engine.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/graph/limits.h"
#include "runtime/graph/op.h"

namespace karnin {

using NodeId = int;  ///< index in Graph::nodes

/// One operation, and the one value that it gives.
struct Node {
  std::string name;
  Op op;
  std::vector<NodeId> inputs;  ///< earlier nodes; none for an Input
  bool operator==(const Node&) const = default;
};

struct Graph {
  std::string name;
  std::vector<Node> nodes;
  std::vector<NodeId> outputs;

  const Node& node(NodeId id) const { return nodes[static_cast<std::size_t>(id)]; }
  Node& node(NodeId id) { return nodes[static_cast<std::size_t>(id)]; }
  bool operator==(const Graph&) const = default;
};

/// What comes out of a network for each image: the name of the node that gives it, and its size.
struct Output {
  std::string name;
  Extent extent;
  bool operator==(const Output&) const = default;
};

/// What the node is called through which images come in.
inline constexpr std::string_view kInputName = "input";

/// A graph that hands its images through: append() to it.
Graph make_graph(std::string name, const Extent& image);

/// Adds a node on top of the last one, or of these, and makes it the only output.
NodeId append(Graph& graph, std::string name, Op op);
NodeId append(Graph& graph, std::string name, Op op, std::vector<NodeId> inputs);

/// Layers one on top of the other, the first one on the images.
Graph make_chain(std::string name, const Extent& image,
                 const std::vector<std::pair<std::string, Op>>& layers);

/// The value of every node, in order. Throws ShapeError for anything unsound: duplicate or empty
/// names, inputs that are no earlier nodes, shapes that do not fit, too many nodes, no output, or
/// one that is there twice.
std::vector<Extent> infer_extents(const Graph& graph);

/// What node `id` reads.
std::vector<Extent> source_extents(const Graph& graph, std::span<const Extent> extents, NodeId id);

/// For each node those that read it, in order.
std::vector<std::vector<NodeId>> readers_of(const Graph& graph);

/// The node of that name, if there is one.
std::optional<NodeId> find_node(const Graph& graph, std::string_view name);

/// Nodes that aren't inputs, up to and without `end`.
std::size_t layer_count(const Graph& graph, NodeId end);

/// The images of a network that has one input. Throws ShapeError for another number.
const Extent& input_extent(const Graph& graph);

/// In the order of Graph::outputs. Throws ShapeError for an unsound graph.
std::vector<Output> outputs_of(const Graph& graph);

/// Of a network that has one output. Throws ShapeError for an unsound graph, and for several
/// outputs, which it names.
Output sole_output(const Graph& graph);

/// Of a network that classifies images: the size of its output. Throws ShapeError for an unsound
/// graph, several outputs, or one that isn't one value a class.
std::int64_t class_count(const Graph& graph);

/// Whether each node reads the one before it, and the last is the only output.
bool is_chain(const Graph& graph);

}  // namespace karnin
