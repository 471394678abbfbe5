#include "formats/exchange/onnx_wiring.h"

#include <fmt/format.h>

#include <algorithm>

#include "formats/exchange/onnx_node.h"
#include "formats/io/printable.h"

namespace karnin {

OnnxWiring::OnnxWiring(const onnx::GraphProto& graph, std::int64_t opset)
    : graph_(graph), opset_(opset) {
  for (const onnx::NodeProto& node : graph.node())
    for (const std::string& output : node.output())
      if (!output.empty() && !makers_.emplace(output, &node).second)
        OnnxNode::fail(fmt::format("{}: expected to be the only one to give '{}'", label_of(node),
                                   printable_line(output)));
  for (const auto& output : graph.output()) read(output.name());
  while (!open_.empty()) {
    const onnx::NodeProto& node = *open_.back();
    open_.pop_back();
    for (const std::string& input : node.input()) read(input);
  }
}

void OnnxWiring::read(const std::string& name) {
  ++reads_[name];
  const auto maker = makers_.find(name);
  if (maker != makers_.end() && needed_.insert(maker->second).second)
    open_.push_back(maker->second);
}

int OnnxWiring::reads(const std::string& name) const {
  const auto found = reads_.find(name);
  return found == reads_.end() ? 0 : found->second;
}

std::string OnnxWiring::label_of(const onnx::NodeProto& node) const {
  return OnnxNode(node, opset_, {}).label();
}

std::string OnnxWiring::reader_label(const std::string& name) const {
  for (const onnx::NodeProto& node : graph_.node())
    if (is_needed(node) && std::ranges::find(node.input(), name) != node.input().end())
      return label_of(node);
  return fmt::format("output '{}'", printable_line(name));
}

std::string OnnxWiring::output_label(int output) const {
  if (output >= graph_.output_size()) return fmt::format("a graph of opset {}", opset_);
  const std::string& name = graph_.output(output).name();
  const auto maker = makers_.find(name);
  return fmt::format("{}output '{}'", maker == makers_.end() ? "" : label_of(*maker->second) + ": ",
                     printable_line(name));
}

}  // namespace karnin
