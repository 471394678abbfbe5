// A small network whose weights and sensitivities are known, and ways to prune it.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "runtime/core/counter_rng.h"
#include "tests/support/small_network.h"
#include "train/masks/pruner.h"

namespace karnin::test {

// Parameters of the small network: conv1 54 weights, fc1 20 x 54 = 1080, fc2 3 x 20 = 60.
inline constexpr std::size_t kConv1 = 0;
inline constexpr std::size_t kFc1 = 2;
inline constexpr std::size_t kFc2 = 4;

/// Distinct weights, shuffled: magnitudes 1..n within each parameter, `scale` times that in fc2.
inline Model weighted_model(float fc2_scale = 1) {
  Model model = make_model(small_network({1, 8, 8}, 3));
  for (std::size_t p = 0; p < model.parameters.size(); ++p) {
    const std::span<float> w = model.parameters[p].value.span();
    for (std::size_t i = 0; i < w.size(); ++i)
      w[i] = static_cast<float>(i + 1) * (p == kFc2 ? fc2_scale : 1) * (i % 3 == 0 ? -1.0F : 1.0F);
    CounterRng rng(p);
    for (std::size_t i = w.size() - 1; i > 0; --i) std::swap(w[i], w[rng.below(i + 1)]);
  }
  return model;
}

/// Cauchy-distributed sensitivities: tails as heavy as the recorded ones.
inline void add_sensitivities(Model& model, const std::string& method) {
  Sensitivity s{method, {}};
  CounterRng rng(5);
  for (const Parameter& parameter : model.parameters)
    for (float& x : s.values.emplace_back(parameter.value.dims()).span())
      x = static_cast<float>(std::tan(3.14 * (rng.uniform() - 0.5)));
  model.sensitivities.push_back(std::move(s));
}

inline PruneOptions by_sparsity(double sparsity) {
  PruneOptions options;
  options.method = PruneMethod::magnitude;
  options.until = Sparsity{sparsity};
  return options;
}

inline PruneOptions by_threshold(PruneMethod method, double threshold) {
  PruneOptions options;
  options.method = method;
  options.until = Threshold{threshold};
  return options;
}

inline std::int64_t pruned_count(const Model& model, std::size_t p) {
  return std::ranges::count(model.parameters[p].mask, 0);
}

}  // namespace karnin::test
