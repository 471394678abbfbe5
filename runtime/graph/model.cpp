#include "runtime/graph/model.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace karnin {
namespace {

void require(bool holds, const std::string& problem) {
  if (!holds) throw ShapeError("model: " + problem);
}

void validate_parameter(const Parameter& parameter, const ParameterSpec& spec) {
  require(parameter.name == spec.name && parameter.value.dims() == spec.dims,
          "parameter '" + parameter.name + "' does not have the shape of '" + spec.name + "'");
  const Mask& mask = parameter.mask;
  require(mask.empty() || mask.size() == static_cast<std::size_t>(parameter.value.size()),
          "the mask of '" + spec.name + "' has the wrong size");
  const float* weights = parameter.value.data();
  const auto unsound = [&](std::size_t i) {  // as a number above 0
    const auto magnitude = std::bit_cast<std::uint32_t>(weights[i]) & 0x7FFFFFFFU;
    return (mask[i] >> 1) | ((std::uint32_t{mask[i]} - 1) & magnitude);
  };
  std::uint32_t any = 0;  // without a way out of the loop, which takes many weights at once
  for (std::size_t i = 0; i < mask.size(); ++i) any |= unsound(i);
  if (any == 0) return;
  std::size_t bad = 0;
  while (unsound(bad) == 0) ++bad;
  require(false,
          "'" + spec.name + "' has a pruned weight that is not 0, at " + std::to_string(bad));
}

}  // namespace

std::int64_t count_nonzero(const Parameter& parameter) {
  return std::ranges::count_if(parameter.value.span(), [](float w) { return w != 0.0F; });
}

std::int64_t Model::parameter_count() const {
  std::int64_t count = 0;
  for (const Parameter& parameter : parameters) count += parameter.value.size();
  return count;
}

std::int64_t Model::nonzero_count() const {
  std::int64_t count = 0;
  for (const Parameter& parameter : parameters) count += count_nonzero(parameter);
  return count;
}

Model make_model(Graph graph) {
  Model model;
  for (ParameterSpec& spec : parameter_specs(graph))
    model.parameters.push_back({std::move(spec.name), Tensor(std::move(spec.dims)), {}});
  const auto channels = static_cast<std::size_t>(input_extent(graph).c);
  model.preprocess = {std::vector<float>(channels, 0.5F), std::vector<float>(channels, 0.5F)};
  model.graph = std::move(graph);
  return model;
}

void validate(const ModelDescription& description) {
  const auto& [graph, preprocess, classes, provenance] = description;
  const auto channels = static_cast<std::size_t>(input_extent(graph).c);
  require(preprocess.mean.size() == channels && preprocess.std.size() == channels,
          "expected a mean and a deviation for each of " + std::to_string(channels) + " channels");
  require(
      std::ranges::all_of(preprocess.mean, [](float x) { return std::isfinite(x); }) &&
          std::ranges::all_of(preprocess.std, [](float x) { return std::isfinite(x) && x > 0; }),
      "expected finite means and positive deviations of the channels");
  if (classes.empty()) return;
  const std::int64_t outputs = class_count(graph);
  require(std::cmp_equal(classes.size(), outputs), "expected " + std::to_string(outputs) +
                                                       " class names, got " +
                                                       std::to_string(classes.size()));
}

void validate(const Model& model) {
  const std::vector<ParameterSpec> specs = parameter_specs(model.graph);
  require(model.parameters.size() == specs.size(), "expected " + std::to_string(specs.size()) +
                                                       " parameters, got " +
                                                       std::to_string(model.parameters.size()));
  for (std::size_t i = 0; i < specs.size(); ++i) validate_parameter(model.parameters[i], specs[i]);
  validate(static_cast<const ModelDescription&>(model));
  for (const Sensitivity& s : model.sensitivities) {
    require(s.values.size() == specs.size(), "sensitivity '" + s.method + "' is incomplete");
    for (std::size_t i = 0; i < specs.size(); ++i)
      require(s.values[i].dims() == specs[i].dims,
              "sensitivity '" + s.method + "' of '" + specs[i].name + "' has the wrong shape");
  }
}

}  // namespace karnin
