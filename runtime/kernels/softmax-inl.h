// Softmax and cross-entropy in one go, as the end of a training step wants them.
#pragma once

#include <cmath>

#include "runtime/kernels/lanes-inl.h"

namespace karnin::kernels {

/// Index of the largest of n logits, the first of equals.
template <typename Arch>
std::int64_t argmax(std::int64_t n, const float* x) noexcept {
  std::int64_t best = 0;
  for (std::int64_t i = 1; i < n; ++i)
    if (x[i] > x[best]) best = i;
  return best;
}

/// One row: diff = (softmax(logits) - onehot(label)) * scale; returns -log p[label], from
/// log(sum_i exp(x_i - max)) - (x_label - max), which cannot overflow and stays finite where p is
/// 0.
template <typename Arch>
double softmax_row(std::int64_t classes, const float* logits, std::int64_t label, float max,
                   float scale, float* diff) noexcept {
  const float relative = logits[label] - max;
  const Vec<Arch> shift(max);
  for_each_vector<Arch>(classes, [&](std::int64_t i, auto lanes) {
    lanes.store(diff + i, xsimd::exp(lanes.load(logits + i) - shift));
  });
  double sum = 0;
  for (std::int64_t i = 0; i < classes; ++i) sum += static_cast<double>(diff[i]);
  const auto inverse = static_cast<float>(1.0 / sum);
  for (std::int64_t i = 0; i < classes; ++i)
    diff[i] = (diff[i] * inverse - (i == label ? 1.0F : 0.0F)) * scale;
  return std::log(sum) - static_cast<double>(relative);
}

template <typename Arch>
void softmax_cross_entropy(std::int64_t rows, std::int64_t classes, const float* logits,
                           const std::uint8_t* labels, float scale, float* diff_logits,
                           double* loss_sum, std::int64_t* correct) noexcept {
  double loss = 0;
  std::int64_t hits = 0;
  for (std::int64_t row = 0; row < rows; ++row) {
    const float* x = logits + row * classes;
    const std::int64_t best = argmax<Arch>(classes, x);
    hits += best == labels[row] ? 1 : 0;
    loss += softmax_row<Arch>(classes, x, labels[row], x[best], scale, diff_logits + row * classes);
  }
  *loss_sum = loss;
  *correct = hits;
}

}  // namespace karnin::kernels
