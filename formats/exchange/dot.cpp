#include "formats/exchange/dot.h"

#include <fmt/format.h>

#include <algorithm>

#include "formats/io/printable.h"
#include "formats/model/op_text.h"

namespace karnin {
namespace {

/// In quotation marks, on one line.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : printable_line(text)) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

/// The lines of a box: quoted one by one, as a line break is an escape of the language.
std::string label(const Node& node, const Extent& extent) {
  const std::string op = op_text(node.op);
  std::string text = quoted(node.name);
  text.pop_back();
  if (!op.empty()) text += "\\n" + op;
  return text + "\\n" + to_string(extent) + '"';
}

}  // namespace

std::string dot_text(const Graph& graph) {
  const std::vector<Extent> extents = infer_extents(graph);
  std::string text = fmt::format("digraph {} {{\n  node [shape=box];\n", quoted(graph.name));
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const bool output = std::ranges::count(graph.outputs, static_cast<NodeId>(i)) > 0;
    text += fmt::format("  n{} [label={}{}];\n", i, label(graph.nodes[i], extents[i]),
                        output ? ", peripheries=2" : "");
    for (const NodeId input : graph.nodes[i].inputs)
      text += fmt::format("  n{} -> n{};\n", input, i);
  }
  return text + "}\n";
}

}  // namespace karnin
