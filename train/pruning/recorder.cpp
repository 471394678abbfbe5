#include "train/pruning/recorder.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace karnin {
namespace {

/// 2^8 float additions round by 2^-16 of the sum of magnitudes at most; a fold costs about as much
/// as three steps' recording, so a percent of it at this length.
constexpr std::int64_t kBlockSteps = 256;

/// Of synaptic intelligence, for weights that hardly moved.
constexpr double kDamping = 1e-3;

double quotient_or_zero(double a, double b) { return b == 0 ? 0 : a / b; }

/// Quotients by a vanishing rate or change leave the range of float: its ends stand for them,
/// because an infinity would poison sums and can't be stored.
float in_float_range(double x) {
  constexpr double kMax = std::numeric_limits<float>::max();
  return static_cast<float>(std::clamp(x, -kMax, kMax));
}

std::vector<float> copy_of(const Tensor& tensor) {
  return {tensor.span().begin(), tensor.span().end()};
}

void fold(AlignedVector<float>& block, std::vector<double>& total) {
  for (std::size_t i = 0; i < block.size(); ++i) {
    total[i] += static_cast<double>(block[i]);
    block[i] = 0;
  }
}

}  // namespace

void SensitivityRecorder::on_start(const Model& model) {
  state_ = {};
  for (const Parameter& parameter : model.parameters) {
    const auto n = static_cast<std::size_t>(parameter.value.size());
    const AlignedVector<float> block(n);
    const std::vector<double> sum(n);
    const std::vector<float> w = copy_of(parameter.value);
    state_.tracks.push_back({w, w, block, block, block, sum, sum, sum, sum, sum, sum, sum});
  }
}

void SensitivityRecorder::on_update(const WeightUpdate& update) noexcept {
  Track& track = state_.tracks[update.parameter];
  const std::size_t count = update.gradient.size();
  const auto offset = static_cast<std::size_t>(update.offset);
  assert(update.delta.size() == count && offset + count <= track.block_g.size());
  const float inverse_rate = in_float_range(quotient_or_zero(1, update.learning_rate));
  table_->accumulate_sensitivity(static_cast<std::int64_t>(count), update.gradient.data(),
                                 update.delta.data(), inverse_rate,
                                 track.block_g_dw.data() + offset, track.block_dw2.data() + offset,
                                 track.block_g.data() + offset);
}

void SensitivityRecorder::on_step_end(const StepInfo& step) {
  state_.epoch_rate_sum += step.learning_rate;
  ++state_.epoch_steps;
  if (++state_.block_steps == kBlockSteps) fold_block();
}

void SensitivityRecorder::fold_block() {
  for (Track& track : state_.tracks) {
    fold(track.block_g_dw, track.g_dw);
    fold(track.block_dw2, track.dw2);
    fold(track.block_g, track.epoch_g);
  }
  state_.block_steps = 0;
}

SensitivityRecorder::EpochTerms SensitivityRecorder::epoch_terms(const Track& track, std::size_t i,
                                                                 double w) const {
  if (state_.epoch_steps == 0) return {};
  const auto steps = static_cast<double>(state_.epoch_steps);
  const double rate = state_.epoch_rate_sum / steps;
  const double sum_g = track.epoch_g[i] + static_cast<double>(track.block_g[i]);
  const double before = static_cast<double>(track.w_epoch[i]), dw = w - before;
  const double displacement = w - static_cast<double>(track.w_initial[i]);
  return {.dw2 = quotient_or_zero(dw * dw, rate),
          .g_dw = sum_g / steps * dw,
          .pseudocode = dw * dw + quotient_or_zero(w, rate * displacement),
          .g_w = sum_g * 0.5 * (before + w)};
}

void SensitivityRecorder::on_epoch_end(const Model& model) {
  fold_block();
  for (std::size_t p = 0; p < state_.tracks.size(); ++p) {
    Track& track = state_.tracks[p];
    const std::span<const float> weights = model.parameters[p].value.span();
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const EpochTerms terms = epoch_terms(track, i, static_cast<double>(weights[i]));
      track.epochs_dw2[i] += terms.dw2;
      track.epochs_g_dw[i] += terms.g_dw;
      track.epochs_pseudocode[i] += terms.pseudocode;
      track.epochs_g_w[i] += terms.g_w;
      track.w_epoch[i] = weights[i];
      track.epoch_g[i] = 0;
    }
  }
  state_.epoch_steps = 0;
  state_.epoch_rate_sum = 0;
}

std::vector<Sensitivity> SensitivityRecorder::sensitivities(const Model& model) const {
  assert(model.parameters.size() == state_.tracks.size());
  std::vector<Sensitivity> all;
  for (const std::string_view method : kSensitivityMethods)
    all.push_back({std::string(method), {}});
  for (std::size_t p = 0; p < state_.tracks.size(); ++p) {
    const Track& track = state_.tracks[p];
    const Tensor& value = model.parameters[p].value;
    for (Sensitivity& s : all) s.values.emplace_back(value.dims());
    for (std::size_t i = 0; i < track.w_initial.size(); ++i) {
      const double w = static_cast<double>(value.data()[i]);
      const double change = w - static_cast<double>(track.w_initial[i]);
      const double ratio = quotient_or_zero(w, change);
      const double g_dw = track.g_dw[i] + static_cast<double>(track.block_g_dw[i]);
      const EpochTerms terms = epoch_terms(track, i, w);
      const std::array<double, kSensitivityMethods.size()> scores{
          -g_dw * ratio,
          (track.dw2[i] + static_cast<double>(track.block_dw2[i])) * ratio,
          (track.epochs_dw2[i] + terms.dw2) * ratio,
          -(track.epochs_g_dw[i] + terms.g_dw) * ratio,
          track.epochs_pseudocode[i] + terms.pseudocode,
          -g_dw / (change * change + kDamping),
          -(track.epochs_g_w[i] + terms.g_w),
          std::abs(change)};
      for (std::size_t m = 0; m < scores.size(); ++m)
        all[m].values[p].data()[i] = in_float_range(scores[m]);
    }
  }
  return all;
}

std::vector<double> SensitivityRecorder::gradient_sums(std::size_t p) const {
  const Track& track = state_.tracks[p];
  std::vector<double> sums(track.block_g.begin(), track.block_g.end());
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += track.epoch_g[i];
  return sums;
}

double SensitivityRecorder::loss_drop() const {
  double sum = 0;
  for (const Track& track : state_.tracks)
    for (std::size_t i = 0; i < track.g_dw.size(); ++i)
      sum += track.g_dw[i] + static_cast<double>(track.block_g_dw[i]);
  return -sum;
}

}  // namespace karnin
