#include "train/loop/optimizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/core/error.h"
#include "runtime/kernels/kernels.h"

namespace karnin {
namespace {

void check(const SgdOptions& options) {
  if (!(options.momentum >= 0 && options.momentum < 1))
    throw ArgumentError(
        fmt::format("momentum: expected a number in [0, 1), got {}", options.momentum));
  if (!(options.weight_decay >= 0 && std::isfinite(options.weight_decay)))
    throw ArgumentError(
        fmt::format("weight decay: expected 0 or more, got {}", options.weight_decay));
}

}  // namespace

SgdOptimizer::SgdOptimizer(Model& model, const MaskSet& masks, const SgdOptions& options)
    : model_(model), masks_(masks), options_(options) {
  check(options);
  for (const Parameter& parameter : model.parameters)
    velocity_.emplace_back(static_cast<std::size_t>(parameter.value.size()), 0.0F);
  heed_masks();
}

void SgdOptimizer::heed_masks() {
  if (version_ == masks_.version()) return;
  factors_.clear();
  for (std::size_t p = 0; p < model_.parameters.size(); ++p)
    factors_.emplace_back(masks_.of(p).begin(), masks_.of(p).end());
  version_ = masks_.version();
}

void SgdOptimizer::forget_velocity() {
  for (AlignedVector<float>& velocity : velocity_) std::ranges::fill(velocity, 0.0F);
}

void SgdOptimizer::restore(const std::vector<AlignedVector<float>>& velocity) {
  const auto same_size = [](const auto& a, const auto& b) { return a.size() == b.size(); };
  if (!std::ranges::equal(velocity, velocity_, same_size))
    throw ArgumentError("velocity: expected one value for each element of each parameter");
  velocity_ = velocity;
}

void SgdOptimizer::drop_pruned(const ParameterRange& range, float* gradient) const noexcept {
  const AlignedVector<float>& factors = factors_[range.parameter];
  if (!factors.empty())
    kernels::active().apply_mask(range.count, factors.data() + range.offset, gradient);
}

void SgdOptimizer::update(const ParameterRange& range, const float* gradient, double learning_rate,
                          float* delta) noexcept {
  const kernels::SgdStep step{static_cast<float>(learning_rate),
                              static_cast<float>(options_.momentum),
                              static_cast<float>(options_.weight_decay), options_.nesterov};
  const AlignedVector<float>& factors = factors_[range.parameter];
  kernels::active().sgd_update(range.count, step, gradient,
                               factors.empty() ? nullptr : factors.data() + range.offset,
                               model_.parameters[range.parameter].value.data() + range.offset,
                               velocity_[range.parameter].data() + range.offset, delta);
}

}  // namespace karnin
