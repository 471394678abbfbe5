// A model for inference alone: layers that lost most of their weights are held by those they kept.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "runtime/core/sparse_matrix.h"
#include "runtime/graph/model.h"

namespace karnin {

struct CompactParameter {
  std::string name;  ///< as in ParameterSpec
  std::variant<Tensor, SparseMatrix> weights;
};

/// Whether such a parameter is held by its kept weights: a matrix of which at most half are left.
/// They take twice the place in compressed rows that they take in a tensor.
bool is_held_sparse(const Dims& dims, std::int64_t kept);

CompactParameter compacted(Parameter parameter);

struct CompactModel : ModelDescription {
  std::vector<CompactParameter> parameters;             ///< in the order of parameter_specs()
  bool operator==(const CompactModel&) const = delete;  // that of the base knows no weights
};

/// One parameter of a model of either kind, which must outlive it.
struct WeightsView {
  std::string_view name;
  Dims dims;
  const float* plain = nullptr;          ///< all weights in plain layout, or
  const SparseMatrix* sparse = nullptr;  ///< the kept ones

  std::int64_t size() const { return element_count(dims); }
  std::int64_t count_nonzero() const;
};

WeightsView view_of(const CompactParameter& parameter);

/// What an engine runs: a model of either kind, which must outlive it.
struct NetworkView {
  NetworkView(const Model& model);         // NOLINT(google-explicit-constructor): a view
  NetworkView(const CompactModel& model);  // NOLINT(google-explicit-constructor): a view

  const ModelDescription& description;
  std::vector<WeightsView> parameters;  ///< in the order of parameter_specs()
};

/// Throws ShapeError unless parameters, preprocessing and classes fit the graph.
void validate(const NetworkView& network);

struct ParameterCount {
  std::int64_t all = 0;
  std::int64_t nonzero = 0;

  void add(const WeightsView& weights);
};

ParameterCount count_parameters(const NetworkView& network);

}  // namespace karnin
