#include "train/masks/scores.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <functional>
#include <numeric>
#include <span>

#include "runtime/core/counter_rng.h"
#include "runtime/core/named_enum.h"

namespace karnin {
namespace {

constexpr EnumNames<PruneMethod, 15> kMethodNames{
    {{PruneMethod::karnin, "karnin"},
     {PruneMethod::karnin_sgd, "karnin-sgd"},
     {PruneMethod::karnin_epoch, "karnin-epoch"},
     {PruneMethod::karnin_gradient_epoch, "karnin-gradient-epoch"},
     {PruneMethod::khanal_pseudocode, "khanal-pseudocode"},
     {PruneMethod::synaptic_intelligence, "synaptic-intelligence"},
     {PruneMethod::movement, "movement"},
     {PruneMethod::change, "change"},
     {PruneMethod::taylor, "taylor"},
     {PruneMethod::fisher, "fisher"},
     {PruneMethod::obs, "obs"},
     {PruneMethod::obd, "obd"},
     {PruneMethod::magnitude, "magnitude"},
     {PruneMethod::lamp, "lamp"},
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

/// Of equal weights the later ones count as larger.
std::vector<double> lamp_scores(std::span<const float> weights) {
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto square = [&](std::size_t i) {
    return static_cast<double>(weights[i]) * static_cast<double>(weights[i]);
  };
  std::ranges::stable_sort(order, std::greater(), square);
  std::vector<double> scores(weights.size());
  double no_smaller = 0;
  for (const std::size_t i : order) {
    no_smaller += square(i);
    scores[i] = no_smaller > 0 ? square(i) / no_smaller : 0;
  }
  return scores;
}

std::vector<double> recorded(const Model& model, std::size_t parameter, PruneMethod method) {
  const auto found =
      std::ranges::find(model.sensitivities, to_string(method), &Sensitivity::method);
  if (found == model.sensitivities.end())
    throw ArgumentError(fmt::format(
        "method '{}' needs {}, and this model holds none of that kind: magnitude, lamp "
        "and random need none",
        to_string(method),
        needs_gradients(method) ? "gradients of images"
        : needs_inputs(method)  ? "what layers read of images, which prune alone looks at"
                                : "sensitivities recorded while training"));
  assert(found->values.size() == model.parameters.size());
  const std::span<const float> values = found->values[parameter].span();
  return {values.begin(), values.end()};
}

}  // namespace

bool needs_gradients(PruneMethod method) {
  return method == PruneMethod::taylor || method == PruneMethod::fisher;
}

bool needs_inputs(PruneMethod method) {
  return method == PruneMethod::obs || method == PruneMethod::obd;
}

bool needs_weights_alone(PruneMethod method) {
  return method == PruneMethod::magnitude || method == PruneMethod::lamp ||
         method == PruneMethod::random;
}

bool may_be_negative(PruneMethod method) {
  return !needs_gradients(method) && !needs_inputs(method) && !needs_weights_alone(method) &&
         method != PruneMethod::change;
}

std::string_view to_string(PruneMethod method) { return name_of(kMethodNames, method); }

PruneMethod prune_method_from_string(std::string_view name) {
  return value_of(kMethodNames, "method", name);
}

std::vector<double> raw_scores(const Model& model, std::size_t parameter, PruneMethod method,
                               std::uint64_t seed) {
  const Parameter& p = model.parameters[parameter];
  if (method == PruneMethod::random)
    return random_scores(static_cast<std::size_t>(p.value.size()), parameter, seed);
  std::vector<double> scores = method == PruneMethod::magnitude ? magnitudes(p.value.span())
                               : method == PruneMethod::lamp    ? lamp_scores(p.value.span())
                                                             : recorded(model, parameter, method);
  const auto bad = std::ranges::find_if_not(scores, [](double s) { return std::isfinite(s); });
  if (bad != scores.end())
    throw ArgumentError(fmt::format("method '{}': expected finite scores, got {} at {}[{}]",
                                    to_string(method), *bad, p.name, bad - scores.begin()));
  return scores;
}

}  // namespace karnin
