#include "train/loop/initialise.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "runtime/core/counter_rng.h"
#include "train/loop/zero_pruned.h"

namespace karnin {
namespace {

constexpr std::uint64_t kInitialiseStream = 0x696e6974;  // "init"

/// Inputs of one output of a (oc, ...) weight tensor.
std::int64_t fan_in(const Tensor& weights) { return weights.size() / weights.dims().front(); }

void fill_uniform(Parameter& parameter, double bound, CounterRng rng) {
  for (float& value : parameter.value.span())
    value = static_cast<float>((2 * rng.uniform() - 1) * bound);
  zero_pruned(parameter);
}

/// Where a tensor starts that is not drawn at random; nothing for weights and biases.
std::optional<float> start_of(Role role) {
  switch (role) {
    case Role::weight:
    case Role::bias:
      return std::nullopt;
    case Role::scale:
    case Role::variance:
      return 1.0F;
    case Role::shift:
    case Role::mean:
      return 0.0F;
    case Role::slope:
      return 0.25F;
  }
  return std::nullopt;
}

}  // namespace

void initialise(Model& model, std::uint64_t seed) {
  const std::vector<ParameterSpec> specs = parameter_specs(model.graph);
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (const auto start = start_of(specs[i].role)) {
      std::ranges::fill(model.parameters[i].value.span(), *start);
      zero_pruned(model.parameters[i]);
      continue;
    }
    // A bias takes the bound of its node's weights.
    const std::size_t weight = find_parameter(specs, specs[i].node, Role::weight).value();
    const std::int64_t inputs = fan_in(model.parameters[weight].value);
    fill_uniform(model.parameters[i], 1 / std::sqrt(static_cast<double>(inputs)),
                 CounterRng(hash(seed, kInitialiseStream), i));
  }
}

}  // namespace karnin
