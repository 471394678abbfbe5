#include "train/scores.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <span>

#include "runtime/core/counter_rng.h"
#include "train/named_enum.h"

namespace karnin {
namespace {

constexpr EnumNames<PruneMethod, 7> kMethodNames{
    {{PruneMethod::karnin, "karnin"},
     {PruneMethod::karnin_sgd, "karnin-sgd"},
     {PruneMethod::karnin_epoch, "karnin-epoch"},
     {PruneMethod::karnin_gradient_epoch, "karnin-gradient-epoch"},
     {PruneMethod::khanal_pseudocode, "khanal-pseudocode"},
     {PruneMethod::magnitude, "magnitude"},
     {PruneMethod::random, "random"}}};

std::vector<double> random_scores(std::size_t count, std::size_t parameter, std::uint64_t seed) {
  std::vector<double> scores(count);
  for (std::size_t i = 0; i < count; ++i) scores[i] = uniform01(hash(seed, parameter, i));
  return scores;
}

std::vector<double> magnitudes(std::span<const float> weights) {
  std::vector<double> scores(weights.begin(), weights.end());
  for (double& score : scores) score = std::abs(score);
  return scores;
}

std::vector<double> recorded(const Model& model, std::size_t parameter, PruneMethod method) {
  const auto found =
      std::ranges::find(model.sensitivities, to_string(method), &Sensitivity::method);
  if (found == model.sensitivities.end())
    throw ArgumentError(
        fmt::format("method '{}' needs sensitivities recorded while training, and this model holds "
                    "none of that kind: magnitude and random need none",
                    to_string(method)));
  assert(found->values.size() == model.parameters.size());
  const std::span<const float> values = found->values[parameter].span();
  return {values.begin(), values.end()};
}

}  // namespace

std::string_view to_string(PruneMethod method) { return name_of(kMethodNames, method); }

PruneMethod prune_method_from_string(std::string_view name) {
  return value_of(kMethodNames, "method", name);
}

std::vector<double> raw_scores(const Model& model, std::size_t parameter, PruneMethod method,
                               std::uint64_t seed) {
  const Parameter& p = model.parameters[parameter];
  if (method == PruneMethod::random)
    return random_scores(static_cast<std::size_t>(p.value.size()), parameter, seed);
  std::vector<double> scores = method == PruneMethod::magnitude
                                   ? magnitudes(p.value.span())
                                   : recorded(model, parameter, method);
  const auto bad = std::ranges::find_if_not(scores, [](double s) { return std::isfinite(s); });
  if (bad != scores.end())
    throw ArgumentError(fmt::format("method '{}': expected finite scores, got {} at {}[{}]",
                                    to_string(method), *bad, p.name, bad - scores.begin()));
  return scores;
}

}  // namespace karnin
