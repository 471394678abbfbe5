// A model whose numbers are of a size, and no two alike.
#pragma once

#include <utility>

#include "runtime/graph/model.h"
#include "tests/support/fill.h"

namespace karnin::test {

/// Uniform in [-1, 1); variances in [0.5, 1.5].
inline Model filled_model(Graph graph) {
  Model model = make_model(std::move(graph));
  const std::vector<ParameterSpec> specs = parameter_specs(model.graph);
  for (std::size_t i = 0; i < specs.size(); ++i) {
    Tensor& value = model.parameters[i].value;
    std::ranges::copy(uniforms(value.size(), i + 1), value.data());
    if (specs[i].role != Role::variance) continue;
    for (float& variance : value.span()) variance = variance * variance + 0.5F;
  }
  return model;
}

}  // namespace karnin::test
