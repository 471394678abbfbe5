// karnin-cpu inspect: what a model file holds.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/console/output.h"
#include "cli/console/table.h"
#include "cli/options/verb.h"
#include "cli/verbs/graph_table.h"
#include "cli/verbs/verbs.h"
#include "formats/exchange/any_model.h"
#include "formats/exchange/dot.h"
#include "formats/io/atomic_file.h"
#include "formats/io/file_status.h"
#include "formats/io/printable.h"
#include "formats/model/architecture_json.h"
#include "formats/model/model_file.h"
#include "formats/model/op_text.h"
#include "formats/model/provenance.h"
#include "formats/report/quantity.h"
#include "runtime/graph/macs.h"

namespace karnin::cli {
namespace {

using Json = nlohmann::ordered_json;

struct InspectVerb : VerbOptions {
  std::string model;
  bool dot = false;
};

constexpr std::uint64_t kMaxFileBytes = std::uint64_t{1} << 36;  // no limit but sanity

struct Contents {
  std::int64_t file_bytes;
  Model model;
  std::vector<TensorSummary> tensors;
};

/// Of a network of others its tensors are told as a file of ours would hold them.
Contents read(const std::string& path) {
  if (is_onnx(path)) {
    Model model = read_any_model(path);
    std::vector<TensorSummary> tensors = summarise(encode_model(model), path);
    return {file_bytes(path), std::move(model), std::move(tensors)};
  }
  const std::vector<std::uint8_t> file = read_file(path, kMaxFileBytes);
  return {static_cast<std::int64_t>(file.size()), decode_model(file, path), summarise(file, path)};
}

/// "-" where nothing is left to share the bits.
std::string bits_each(double bits, std::int64_t nonzero) {
  return nonzero == 0 ? "-" : fmt::format("{:.2f}", bits / static_cast<double>(nonzero));
}

std::string tensor_table(const std::vector<TensorSummary>& tensors) {
  Table table("llrlrrr");
  table.add({"tensor", "shape", "non-zero", "encoding", "bytes", "bits each", "entropy"});
  for (const TensorSummary& tensor : tensors)
    table.add({shortened(tensor.name), fmt::format("{}", fmt::join(tensor.dims, "x")),
               count(tensor.nonzero), tensor.form.encoding, count(tensor.bytes),
               bits_each(8.0 * static_cast<double>(tensor.bytes), tensor.nonzero),
               bits_each(tensor.form.bound_bits, tensor.nonzero)});
  return table.str();
}

std::string sensitivity_names(const Model& model) {
  std::string names;
  for (const Sensitivity& sensitivity : model.sensitivities)
    names += (names.empty() ? "" : ", ") + sensitivity.method;
  return names.empty() ? "none" : names;
}

std::string describe(const Contents& contents, const std::string& path) {
  const Model& model = contents.model;
  std::string text = fmt::format(
      "{}: {}, {} of {} parameters are not zero; {} in the file, {} as plain f32\n\n",
      printable_line(path), model.graph.name, count(model.nonzero_count()),
      count(model.parameter_count()), bytes(contents.file_bytes), bytes(dense_bytes(model)));
  text += graph_table(model) + "\n" + tensor_table(contents.tensors) + "\n";
  text += "sensitivities: " + sensitivity_names(model) + "\nhistory:\n";
  const Json history = provenance(model)["history"];
  for (const Json& entry : history)
    text += "  " + entry.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  return text;
}

Json nodes_json(const Graph& graph) {
  const std::vector<Extent> extents = infer_extents(graph);
  Json nodes = Json::array();
  for (std::size_t i = 0; i < extents.size(); ++i) {
    const Node& node = graph.nodes[i];
    const auto srcs = source_extents(graph, extents, static_cast<NodeId>(i));
    nodes.push_back({{"name", node.name},
                     {"kind", op_text(node.op)},
                     {"output", {extents[i].c, extents[i].h, extents[i].w}},
                     {"is_output", std::ranges::count(graph.outputs, static_cast<NodeId>(i)) > 0},
                     {"macs", srcs.empty() ? 0 : macs(node.op, srcs)}});
  }
  return nodes;
}

Json contents_json(const Contents& contents, const std::string& path) {
  const Model& model = contents.model;
  Json tensors = Json::array();
  for (const TensorSummary& tensor : contents.tensors)
    tensors.push_back({{"name", tensor.name},
                       {"dims", tensor.dims},
                       {"nonzero", tensor.nonzero},
                       {"encoding", tensor.form.encoding},
                       {"bytes", tensor.bytes},
                       {"entropy_bits", tensor.form.bound_bits}});
  Json sensitivities = Json::array();
  for (const Sensitivity& s : model.sensitivities) sensitivities.push_back(s.method);
  return {{"file", path},
          {"architecture", Json::parse(architecture_to_json(model.graph))},
          {"nodes", nodes_json(model.graph)},
          {"classes", model.classes},
          {"parameters", model.parameter_count()},
          {"nonzero", model.nonzero_count()},
          {"dense_bytes", dense_bytes(model)},
          {"file_bytes", contents.file_bytes},
          {"tensors", std::move(tensors)},
          {"sensitivities", std::move(sensitivities)},
          {"provenance", provenance(model)}};
}

ExitCode inspect(const InspectVerb& verb) {
  if (verb.dot) {
    print(dot_text(read_any_model(verb.model).graph));
    return ExitCode::done;
  }
  const Contents contents = read(verb.model);
  if (verb.json)
    print_json(contents_json(contents, verb.model));
  else
    print(describe(contents, verb.model));
  return ExitCode::done;
}

}  // namespace

void add_inspect(CLI::App& app, Action& action) {
  const auto options = std::make_shared<InspectVerb>();
  Verb& verb = add_verb(
      app,
      {"inspect", "Show what a model file holds", "inspect --model karnin-run/model.bin",
       "A row is indented by the number of values that are kept for a reader further down: so\n"
       "branches stand out. A * marks outputs. MACs: multiply-accumulates of an image."},
      *options);
  verb.add_option("--model", options->model, "A model file, or ONNX")->required();
  CLI::Option* json = verb.get_option("--json");
  verb.add_flag("--dot", options->dot, "Only the graph, in the language of Graphviz's dot")
      ->excludes(json);
  select(verb, action, options, inspect);
}

}  // namespace karnin::cli
