#include "train/pruning/regrowth.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace karnin {
namespace {

struct PrunedWeight {
  double gradient;  ///< its size
  std::size_t parameter, index;
};

bool comes_first(const PrunedWeight& a, const PrunedWeight& b) {
  return std::tuple(-a.gradient, a.parameter, a.index) <
         std::tuple(-b.gradient, b.parameter, b.index);
}

void regrow_group(Model& model, const std::vector<std::size_t>& group, double sparsity,
                  const std::vector<std::vector<double>>& gradients) {
  std::int64_t all = 0;
  std::vector<PrunedWeight> pruned;
  for (const std::size_t p : group) {
    const Parameter& parameter = model.parameters[p];
    all += parameter.value.size();
    for (std::size_t i = 0; i < parameter.mask.size(); ++i)
      if (parameter.mask[i] == 0) pruned.push_back({std::abs(gradients[p][i]), p, i});
  }
  const std::int64_t stay = std::llround(sparsity * static_cast<double>(all));
  const auto back = std::max<std::int64_t>(0, static_cast<std::int64_t>(pruned.size()) - stay);
  std::ranges::nth_element(pruned, pruned.begin() + back, comes_first);
  for (std::int64_t k = 0; k < back; ++k) {
    const PrunedWeight& weight = pruned[static_cast<std::size_t>(k)];
    model.parameters[weight.parameter].mask[weight.index] = 1;
  }
}

}  // namespace

void regrow(Model& model, const PruneOptions& options, double sparsity,
            const std::vector<std::vector<double>>& gradients) {
  for (const std::vector<std::size_t>& group : pruning_groups(model, options))
    regrow_group(model, group, sparsity, gradients);
}

}  // namespace karnin
