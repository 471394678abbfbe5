// A network with its parameters and all that is needed to use or prune it later.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/core/tensor.h"
#include "runtime/graph/parameters.h"

namespace karnin {

/// One byte a weight, 1 = kept, 0 = pruned. Empty: the parameter was never pruned.
using Mask = std::vector<std::uint8_t>;

struct Parameter {
  std::string name;  ///< as in ParameterSpec
  Tensor value;      ///< plain layout; exactly 0 wherever mask is 0
  Mask mask;
  bool operator==(const Parameter&) const = default;
};

/// How bytes become activations: x = (u8 / 255 - mean[c]) / std[c].
struct Preprocess {
  std::vector<float> mean;
  std::vector<float> std;
  bool operator==(const Preprocess&) const = default;
};

/// One sensitivity of every weight, recorded while training: values[i] belongs to parameters[i].
struct Sensitivity {
  std::string method;  ///< "karnin", "karnin-sgd", ...
  std::vector<Tensor> values;
  bool operator==(const Sensitivity&) const = default;
};

/// All of a model but its weights.
struct ModelDescription {
  Graph graph;
  Preprocess preprocess;
  std::vector<std::string> classes;
  std::string provenance;  ///< JSON object: how it was trained and pruned
  bool operator==(const ModelDescription&) const = default;
};

struct Model : ModelDescription {
  std::vector<Parameter> parameters;       ///< in the order of parameter_specs()
  std::vector<Sensitivity> sensitivities;  ///< empty in a file made for inference

  std::int64_t parameter_count() const;
  std::int64_t nonzero_count() const;
  bool operator==(const Model&) const = default;
};

/// Weights of this parameter that are not exactly 0.
std::int64_t count_nonzero(const Parameter& parameter);

/// Zero parameters of the right shapes. Throws ShapeError for an unsound graph.
Model make_model(Graph graph);

/// Throws ShapeError unless preprocessing and classes fit the graph.
void validate(const ModelDescription& description);

/// Throws ShapeError unless parameters, masks, preprocessing and classes fit the graph,
/// and pruned weights are 0.
void validate(const Model& model);

}  // namespace karnin
