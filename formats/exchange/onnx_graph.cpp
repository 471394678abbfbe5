#include "formats/exchange/onnx_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "formats/exchange/onnx_input.h"
#include "formats/exchange/onnx_layout.h"
#include "formats/exchange/onnx_operators.h"
#include "formats/io/printable.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

constexpr std::int64_t kOldestOpset = 6;  ///< before it broadcasting and Dropout meant other things

bool is_own_domain(const std::string& domain) { return domain.empty() || domain == "ai.onnx"; }

/// Reads a graph once.
class GraphReader {
 public:
  GraphReader(const onnx::ModelProto& model, OnnxSource& source)
      : graph_(model.graph()), source_(source), draft_(model.graph().name(), source) {
    for (const auto& import : model.opset_import())
      if (is_own_domain(import.domain())) opset_ = std::max(opset_, import.version());
    require(opset_ >= kOldestOpset,
            fmt::format("expected opset {} or later, got {}", kOldestOpset, opset_));
    for (const auto& tensor : graph_.initializer()) initializers_.emplace(tensor.name(), &tensor);
    for (const auto& tensor : graph_.sparse_initializer())
      sparse_initializers_.emplace(tensor.values().name(), &tensor);
  }

  Model read() {
    find_needed();
    read_inputs();
    for (const onnx::NodeProto& node : graph_.node())
      if (needed_nodes_.contains(&node)) read_node(node);
    return finish();
  }

 private:
  void require(bool holds, const std::string& problem) const {
    if (!holds) throw FileError(source_.path, 0, problem);
  }

  static std::string quoted(const std::string& name) {
    return fmt::format("'{}'", printable_line(name));
  }

  bool is_initializer(const std::string& name) const {
    return initializers_.contains(name) || sparse_initializers_.contains(name);
  }

  /// Goes from the answers back to what they are made of, and counts who reads what.
  void find_needed() {
    std::unordered_map<std::string_view, const onnx::NodeProto*> makers;
    for (const onnx::NodeProto& node : graph_.node())
      for (const std::string& output : node.output())
        if (!output.empty())
          require(makers.emplace(output, &node).second,
                  "expected one node to give " + quoted(output) + ", got two");
    std::vector<const onnx::NodeProto*> open;
    const auto read = [&](const std::string& name) {
      ++readers_[name];
      const auto maker = makers.find(name);
      if (maker != makers.end() && needed_nodes_.insert(maker->second).second)
        open.push_back(maker->second);
    };
    for (const auto& output : graph_.output()) read(output.name());
    while (!open.empty()) {
      const onnx::NodeProto* node = open.back();
      open.pop_back();
      for (const std::string& input : node->input()) read(input);
    }
  }

  /// Old files list initializers as inputs, and some list what nobody reads.
  void read_inputs() {
    const onnx::ValueInfoProto* images = nullptr;
    for (const auto& input : graph_.input()) {
      if (is_initializer(input.name()) || !readers_.contains(input.name())) continue;
      require(images == nullptr,
              fmt::format("expected one input, got {} and {}",
                          images == nullptr ? "" : quoted(images->name()), quoted(input.name())));
      images = &input;
    }
    require(images != nullptr, "expected one input that the outputs depend on, got none");
    guarded("", [&] { keep(images->name(), read_input(draft_, graph_, *images)); });
  }

  /// Runs an action whose complaints don't know the file; `label` is what they are about.
  void guarded(const std::string& label, const auto& action) {
    try {
      action();
    } catch (const FileError&) {
      throw;
    } catch (const Error& error) {
      require(false, label.empty() ? error.what() : label + ": " + error.what());
    }
  }

  /// All of the node, or the reason why not.
  void read_node(const onnx::NodeProto& proto) {
    const std::string label = OnnxNode(proto, opset_, {}).label();
    guarded(label, [&] {
      require(is_own_domain(proto.domain()),
              fmt::format("{}: expected an operator of ONNX, got one of {}", label,
                          quoted(proto.domain())));
      const OnnxBuilder build = find_onnx_builder(proto.op_type());
      require(build != nullptr, label + ": unknown operator");
      for (int i = 1; i < proto.output_size(); ++i)
        require(!readers_.contains(proto.output(i)) || proto.output(i).empty(),
                fmt::format("{}: expected its first output alone to be read, got {}", label,
                            quoted(proto.output(i))));
      const OnnxNode node(proto, opset_, inputs_of(proto));
      OnnxValue value = build(draft_, node);
      node.expect_attributes_known();
      keep(proto.output(0), std::move(value));
    });
  }

  /// An optional input that is left out has no name.
  std::vector<std::optional<OnnxValue>> inputs_of(const onnx::NodeProto& proto) {
    std::vector<std::optional<OnnxValue>> inputs;
    for (const std::string& name : proto.input()) {
      if (name.empty())
        inputs.emplace_back();
      else
        inputs.emplace_back(value_of(name));
    }
    return inputs;
  }

  /// Weights are taken from the file when a node asks for them, and not kept.
  OnnxValue value_of(const std::string& name) {
    if (const auto made = values_.find(name); made != values_.end()) return made->second;
    if (const auto dense = initializers_.find(name); dense != initializers_.end())
      return read_tensor(*dense->second, source_);
    const auto sparse = sparse_initializers_.find(name);
    if (sparse == sparse_initializers_.end())
      throw ShapeError("expected a value that is known before this node, got " + quoted(name));
    return read_tensor(*sparse->second, source_);
  }

  /// Under the name by which later nodes ask for it.
  void keep(const std::string& name, OnnxValue value) {
    if (auto* view = std::get_if<OnnxView>(&value)) view->sole = view->sole && readers_[name] == 1;
    values_.insert_or_assign(name, std::move(value));
  }

  /// An output has its elements in ONNX's order: nobody asks our graph for another one.
  Model finish() {
    std::vector<NodeId> outputs;
    for (const auto& output : graph_.output())
      guarded("output " + quoted(output.name()), [&] {
        const OnnxValue value = value_of(output.name());
        const auto* view = std::get_if<OnnxView>(&value);
        if (view == nullptr || view->node == 0)
          throw ShapeError("expected a value that a layer gives");
        outputs.push_back(laid_out(draft_, *view, natural_extent(view->dims)));
      });
    Model model;
    guarded("", [&] { model = draft_.finish(std::move(outputs)); });
    return model;
  }

  const onnx::GraphProto& graph_;
  OnnxSource& source_;
  OnnxDraft draft_;
  std::int64_t opset_ = 0;
  std::unordered_map<std::string_view, const onnx::TensorProto*> initializers_;
  std::unordered_map<std::string_view, const onnx::SparseTensorProto*> sparse_initializers_;
  std::unordered_set<const onnx::NodeProto*> needed_nodes_;
  std::unordered_map<std::string, int> readers_;  ///< by value, outputs of the network among them
  std::unordered_map<std::string, OnnxValue> values_;
};

}  // namespace

Model read_graph(const onnx::ModelProto& model, OnnxSource& source) {
  return GraphReader(model, source).read();
}

}  // namespace karnin
