#include "formats/exchange/onnx_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <unordered_map>
#include <unordered_set>

#include "formats/exchange/onnx_input.h"
#include "formats/exchange/onnx_layout.h"
#include "formats/exchange/onnx_operators.h"
#include "formats/exchange/onnx_wiring.h"
#include "formats/io/printable.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

bool is_own_domain(const std::string& domain) { return domain.empty() || domain == "ai.onnx"; }

std::int64_t opset_of(const onnx::ModelProto& model) {
  std::int64_t opset = 0;
  for (const auto& import : model.opset_import())
    if (is_own_domain(import.domain())) opset = std::max(opset, import.version());
  return opset;
}

/// Reads a graph once.
class GraphReader {
 public:
  GraphReader(const onnx::ModelProto& model, OnnxSource& source, bool batched)
      : graph_(model.graph()),
        opset_(opset_of(model)),
        batched_(batched),
        source_(source),
        wiring_(model.graph(), opset_),
        draft_(model.graph().name(), source) {
    for (const auto& tensor : graph_.initializer()) initializers_.emplace(tensor.name(), &tensor);
    for (const auto& tensor : graph_.sparse_initializer())
      sparse_initializers_.emplace(tensor.values().name(), &tensor);
  }

  Model read() {
    read_input_of_graph();
    if (graph_.output_size() > 1)
      for (const auto& output : graph_.output())
        output_names_.push_back(draft_.reserve(output.name()));
    for (const onnx::NodeProto& node : graph_.node())
      if (wiring_.is_needed(node)) read_node(node);
    return finish();
  }

 private:
  void require(bool holds, const std::string& problem) const {
    if (!holds) throw FileError(source_.path, 0, problem);
  }

  /// Runs an action whose complaints don't know the file; `label` is what they are about.
  void guarded(const std::string& label, const auto& action) {
    try {
      action();
    } catch (const FileError&) {
      throw;
    } catch (const Error& error) {
      require(false, label + ": " + error.what());
    }
  }

  static std::string quoted(const std::string& name) {
    return fmt::format("'{}'", printable_line(name));
  }

  bool is_initializer(const std::string& name) const {
    return initializers_.contains(name) || sparse_initializers_.contains(name);
  }

  /// Old files list initializers as inputs, and some list what nobody reads.
  void read_input_of_graph() {
    const onnx::ValueInfoProto* images = nullptr;
    for (const auto& input : graph_.input()) {
      if (is_initializer(input.name()) || wiring_.reads(input.name()) == 0) continue;
      if (images != nullptr)
        require(false, fmt::format("{}: expected one input of the network, got {} and {}",
                                   wiring_.reader_label(input.name()), quoted(images->name()),
                                   quoted(input.name())));
      images = &input;
    }
    if (images == nullptr)
      require(false,
              wiring_.output_label(0) + ": expected an input that the outputs depend on, got none");
    guarded(wiring_.reader_label(images->name()),
            [&] { keep(images->name(), read_input(draft_, graph_, *images, batched_)); });
  }

  /// All of the node, or the reason why not.
  void read_node(const onnx::NodeProto& proto) {
    const std::string label = wiring_.label_of(proto);
    guarded(label, [&] {
      require(is_own_domain(proto.domain()),
              fmt::format("{}: expected an operator of ONNX, got one of {}", label,
                          quoted(proto.domain())));
      const OnnxOperator* op = find_onnx_operator(proto.op_type());
      require(op != nullptr, label + ": unknown operator");
      require(opset_ >= op->since, fmt::format("{}: expected opset {} or later", label, op->since));
      const auto inputs = inputs_of(proto);
      for (int i = 0; i < proto.output_size(); ++i) {
        const std::string& output = proto.output(i);
        if (i > 0 && (output.empty() || wiring_.reads(output) == 0)) continue;
        require(i == 0 || op->gives_all,
                fmt::format("{}: expected its first output alone to be read, got {}", label,
                            quoted(output)));
        const OnnxNode node(proto, opset_, inputs, i);
        OnnxValue value = op->build(draft_, node);
        node.expect_attributes_known();
        keep(output, std::move(value));
      }
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
    if (auto* view = std::get_if<OnnxView>(&value))
      view->sole = view->sole && wiring_.reads(name) == 1;
    values_.insert_or_assign(name, std::move(value));
  }

  /// Several outputs are told apart by the names that they have in the file, which their nodes get.
  Model finish() {
    std::vector<NodeId> outputs;
    for (int i = 0; i < graph_.output_size(); ++i) {
      guarded(wiring_.output_label(i),
              [&] { outputs.push_back(output(value_of(graph_.output(i).name()), outputs)); });
      if (!output_names_.empty())
        draft_.rename(outputs.back(), output_names_[static_cast<std::size_t>(i)]);
    }
    Model model;
    guarded(wiring_.output_label(0), [&] { model = draft_.finish(std::move(outputs)); });
    return model;
  }

  /// It has its elements in ONNX's order: nobody asks our graph for another one. What is no layer
  /// at all, or an output already, is copied.
  NodeId output(const OnnxValue& value, std::span<const NodeId> before) {
    const auto* view = std::get_if<OnnxView>(&value);
    if (const auto* guise = std::get_if<OnnxGuise>(&value)) OnnxNode::refuse(*guise);
    if (view == nullptr) throw ShapeError("expected a value that depends on the image");
    const NodeId id = laid_out(draft_, *view, natural_extent(*view));
    return id == 0 || std::ranges::find(before, id) != before.end()
               ? draft_.add("output", Reshape{draft_.extent(id)}, {id})
               : id;
  }

  const onnx::GraphProto& graph_;
  std::int64_t opset_;
  bool batched_;  ///< or the batch is an axis as others are
  OnnxSource& source_;
  OnnxWiring wiring_;
  OnnxDraft draft_;
  std::vector<std::string> output_names_;  ///< where there are several
  std::unordered_map<std::string_view, const onnx::TensorProto*> initializers_;
  std::unordered_map<std::string_view, const onnx::SparseTensorProto*> sparse_initializers_;
  std::unordered_map<std::string_view, OnnxValue> values_;
};

Model read_as(const onnx::ModelProto& model, OnnxSource source, bool batched) {
  try {
    return GraphReader(model, source, batched).read();
  } catch (const ShapeError& error) {
    throw FileError(source.path, 0, error.what());
  }
}

bool takes_one_image(const onnx::GraphProto& graph) {
  std::unordered_set<std::string_view> weights;  // which old files list as inputs
  for (const auto& tensor : graph.initializer()) weights.insert(tensor.name());
  return std::ranges::all_of(graph.input(), [&](const onnx::ValueInfoProto& input) {
    return weights.contains(input.name()) || is_one_image(input);
  });
}

}  // namespace

/// Exporters that write a batch of one image also squeeze it away, or turn it around with other
/// axes. What can't be done image by image may be done with the one. Several images stay several:
/// a network that mixes them would give other answers for other batches.
Model read_graph(const onnx::ModelProto& model, const OnnxSource& source) {
  try {
    return read_as(model, source, true);
  } catch (const FileError&) {
    if (!takes_one_image(model.graph())) throw;
    try {
      return read_as(model, source, false);
    } catch (const FileError&) {  // the reason that counts is the first one
    }
    throw;
  }
}

}  // namespace karnin
