#include "train/values/codebook_tuning.h"

#include <algorithm>
#include <array>

#include "train/values/codebook.h"
#include "train/values/quantise.h"

namespace karnin {
namespace {

std::vector<std::uint32_t> kept_indices(const Parameter& parameter) {
  std::vector<std::uint32_t> indices;
  for (std::size_t i = 0; i < parameter.value.span().size(); ++i)
    if (parameter.mask.empty() || parameter.mask[i] != 0)
      indices.push_back(static_cast<std::uint32_t>(i));
  return indices;
}

/// nearest_entry() by way of the last value of every entry. A step moves few weights to another
/// entry, and hardly any further than the next.
class NearestEntry {
 public:
  explicit NearestEntry(std::span<const float> codebook) : last_(codebook.size() - 1) {
    for (std::size_t e = 0; e < last_; ++e) ends_[e] = last_nearer(codebook[e], codebook[e + 1]);
  }

  std::size_t from(std::size_t entry, float value) const {
    while (entry > 0 && value <= ends_[entry - 1]) --entry;
    while (entry < last_ && value > ends_[entry]) ++entry;
    return entry;
  }

 private:
  std::size_t last_;
  std::array<float, kMostEntries> ends_{};
};

}  // namespace

CodebookTuning::CodebookTuning(Model& model, int entries) {
  const std::vector<ParameterSpec> specs = parameter_specs(model.graph);
  for (const ParameterSpec& spec : specs) {
    const std::span<float> weights = model.parameters[tuned_.size()].value.span();
    std::vector<std::uint32_t> kept = kept_indices(model.parameters[tuned_.size()]);
    Tuned& tuned = tuned_.emplace_back();
    if (spec.role != Role::weight || kept.empty()) continue;
    std::vector<float> values;
    for (const std::uint32_t i : kept) values.push_back(weights[i]);
    tuned.unrounded.assign(weights.begin(), weights.end());
    tuned.entries.assign(kept.size(), 0);
    tuned.kept = std::move(kept);
    tuned.codebook = make_codebook(values, entries);
    round(tuned, weights);
  }
}

void CodebookTuning::on_update(const WeightUpdate& update) noexcept {
  Tuned& tuned = tuned_[update.parameter];
  if (tuned.unrounded.empty()) return;
  float* weights = tuned.unrounded.data() + update.offset;
  for (const float delta : update.delta) *weights++ += delta;
}

void CodebookTuning::after_update(const StepInfo& /*step*/, Model& model) {
  for (std::size_t p = 0; p < tuned_.size(); ++p)
    if (!tuned_[p].unrounded.empty()) round(tuned_[p], model.parameters[p].value.span());
}

/// Every entry moves to the mean of the weights that are nearest to it; one without any stays.
void CodebookTuning::round(Tuned& tuned, std::span<float> weights) noexcept {
  std::array<double, kMostEntries> sums{};
  std::array<std::int64_t, kMostEntries> counts{};
  const NearestEntry nearest(tuned.codebook);
  for (std::size_t k = 0; k < tuned.kept.size(); ++k) {
    const float weight = tuned.unrounded[tuned.kept[k]];
    const std::size_t entry = nearest.from(tuned.entries[k], weight);
    tuned.entries[k] = static_cast<std::uint8_t>(entry);
    sums[entry] += weight;
    ++counts[entry];
  }
  for (std::size_t e = 0; e < tuned.codebook.size(); ++e)
    if (counts[e] > 0) tuned.codebook[e] = round_to_entry(sums[e] / static_cast<double>(counts[e]));
  for (std::size_t k = 0; k < tuned.kept.size(); ++k)
    weights[tuned.kept[k]] = tuned.codebook[tuned.entries[k]];
}

}  // namespace karnin
