#include "train/loop/initialise.h"

#include <cmath>

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

}  // namespace

void initialise(Model& model, std::uint64_t seed) {
  const std::vector<ParameterSpec> specs = parameter_specs(model.graph);
  for (std::size_t i = 0; i < specs.size(); ++i) {
    // A bias takes the bound of its node's weights.
    const std::size_t weight = find_parameter(specs, specs[i].node, Role::weight).value();
    const std::int64_t inputs = fan_in(model.parameters[weight].value);
    fill_uniform(model.parameters[i], 1 / std::sqrt(static_cast<double>(inputs)),
                 CounterRng(hash(seed, kInitialiseStream), i));
  }
}

}  // namespace karnin
