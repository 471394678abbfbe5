#include "train/codebook_tuning.h"

#include "train/codebook.h"
#include "train/quantise.h"
#include "train/rounding.h"

namespace karnin {
namespace {

bool is_kept(const Parameter& parameter, std::size_t i) {
  return parameter.mask.empty() || parameter.mask[i] != 0;
}

std::vector<float> kept_weights(const Parameter& parameter) {
  std::vector<float> weights;
  for (std::size_t i = 0; i < parameter.value.span().size(); ++i)
    if (is_kept(parameter, i)) weights.push_back(parameter.value.span()[i]);
  return weights;
}

}  // namespace

CodebookTuning::CodebookTuning(Model& model, int entries) : model_(model) {
  const std::vector<ParameterSpec> specs = parameter_specs(model.architecture);
  for (const ParameterSpec& spec : specs) {
    Parameter& parameter = model.parameters[tuned_.size()];
    Tuned& tuned = tuned_.emplace_back();
    const std::vector<float> weights = kept_weights(parameter);
    if (spec.is_bias || weights.empty()) continue;
    tuned.unrounded.assign(parameter.value.span().begin(), parameter.value.span().end());
    tuned.codebook = make_codebook(weights, entries);
    round(tuned, parameter);
  }
}

void CodebookTuning::on_update(const WeightUpdate& update) noexcept {
  Tuned& tuned = tuned_[update.parameter];
  if (tuned.unrounded.empty()) return;
  float* weights = tuned.unrounded.data() + update.offset;
  for (const float delta : update.delta) *weights++ += delta;
}

void CodebookTuning::on_step_end() {
  for (std::size_t p = 0; p < tuned_.size(); ++p)
    if (!tuned_[p].unrounded.empty()) round(tuned_[p], model_.parameters[p]);
}

/// Every entry moves to the mean of the weights that are nearest to it; one without any stays.
void CodebookTuning::round(Tuned& tuned, Parameter& parameter) {
  std::vector<double> sums(tuned.codebook.size(), 0);
  std::vector<std::int64_t> counts(tuned.codebook.size(), 0);
  std::vector<std::size_t> entries(tuned.unrounded.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!is_kept(parameter, i)) continue;
    entries[i] = nearest_entry(tuned.codebook, tuned.unrounded[i]);
    sums[entries[i]] += tuned.unrounded[i];
    ++counts[entries[i]];
  }
  for (std::size_t e = 0; e < sums.size(); ++e)
    if (counts[e] > 0) tuned.codebook[e] = round_to_entry(sums[e] / static_cast<double>(counts[e]));
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (is_kept(parameter, i)) parameter.value.data()[i] = tuned.codebook[entries[i]];
}

}  // namespace karnin
