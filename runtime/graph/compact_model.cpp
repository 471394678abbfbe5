#include "runtime/graph/compact_model.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

namespace karnin {

bool is_held_sparse(const Dims& dims, std::int64_t kept) {
  return dims.size() == 2 && kept <= element_count(dims) / 2;
}

CompactParameter compacted(Parameter parameter) {
  const Dims& dims = parameter.value.dims();
  const Mask& mask = parameter.mask;
  if (mask.empty() || !is_held_sparse(dims, std::ranges::count(mask, 1)))
    return {std::move(parameter.name), std::move(parameter.value)};
  return {std::move(parameter.name),
          SparseMatrix::from_dense(parameter.value.span(), dims[0], dims[1], mask)};
}

std::int64_t WeightsView::count_nonzero() const {
  const auto weights = sparse != nullptr ? std::span(sparse->values)
                                         : std::span(plain, static_cast<std::size_t>(size()));
  return std::ranges::count_if(weights, [](float w) { return w != 0.0F; });
}

WeightsView view_of(const CompactParameter& parameter) {
  if (const auto* tensor = std::get_if<Tensor>(&parameter.weights))
    return {parameter.name, tensor->dims(), tensor->data(), nullptr};
  const auto& matrix = std::get<SparseMatrix>(parameter.weights);
  return {parameter.name, {matrix.rows, matrix.cols}, nullptr, &matrix};
}

NetworkView::NetworkView(const Model& model) : description(model) {
  for (const Parameter& parameter : model.parameters)
    parameters.push_back({parameter.name, parameter.value.dims(), parameter.value.data(), nullptr});
}

NetworkView::NetworkView(const CompactModel& model) : description(model) {
  std::ranges::transform(model.parameters, std::back_inserter(parameters), view_of);
}

void validate(const NetworkView& network) {
  const Graph& graph = network.description.graph;
  const auto fits = [](const WeightsView& weights, const ParameterSpec& spec) {
    return weights.name == spec.name && weights.dims == spec.dims;
  };
  if (!std::ranges::equal(network.parameters, parameter_specs(graph), fits))
    throw ShapeError("model: the parameters are not those of '" + graph.name + "'");
  validate(network.description);
}

void ParameterCount::add(const WeightsView& weights) {
  all += weights.size();
  nonzero += weights.count_nonzero();
}

ParameterCount count_parameters(const NetworkView& network) {
  ParameterCount count;
  for (const WeightsView& weights : network.parameters) count.add(weights);
  return count;
}

}  // namespace karnin
