// What a network that was read gives, by the reference operators.
#pragma once

#include "formats/exchange/onnx_reader.h"
#include "tests/support/error_message.h"
#include "tests/support/onnx_file.h"
#include "tests/support/reference_network.h"

namespace karnin::test {

inline Model decoded(const OnnxFile& file) { return decode_onnx(file.bytes(), "net.onnx"); }

/// What it is refused with.
inline std::string refusal(const OnnxFile& file) {
  return error_message<FileError>([&] { decoded(file); });
}

/// All outputs, of so many images that lie as the network's input wants them.
inline std::vector<Values> run_all(const Model& model, std::int64_t images, const Values& input) {
  std::vector<Values> parameters, outputs;
  for (const Parameter& parameter : model.parameters)
    parameters.emplace_back(parameter.value.span().begin(), parameter.value.span().end());
  ReferenceNetwork network(model.graph, images, parameters);
  network.forward(input);
  for (std::size_t k = 0; k < model.graph.outputs.size(); ++k) outputs.push_back(network.output(k));
  return outputs;
}

/// The first one.
inline Values run(const Model& model, std::int64_t images, const Values& input) {
  return run_all(model, images, input).front();
}

/// The ops behind the input, in order.
template <typename... Kinds>
bool is_chain_of(const Graph& graph) {
  std::size_t at = 0;
  return graph.nodes.size() == sizeof...(Kinds) + 1 && (is<Kinds>(graph.nodes[++at].op) && ...);
}

}  // namespace karnin::test
