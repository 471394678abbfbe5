// What training minimises: the cross-entropy with the labels, which may be smoothed (Szegedy et
// al., arXiv:1512.00567, section 7), mixed with that against a teacher's answers (Hinton, Vinyals
// and Dean, arXiv:1503.02531).
//
//   t = (1 - smoothing) onehot(label) + smoothing / classes
//   loss = (1 - a) H(t, p(1)) + a T^2 [H(q(T), p(T)) - H(q(T))]     p(T) = softmax(logits / T)
//
// with q(T) the teacher's softmax, a the share of the teacher, T the temperature. The factor T^2
// keeps the gradients of both parts of one size when T changes.
#pragma once

#include <cstdint>
#include <span>

namespace karnin {

struct LossOptions {
  double label_smoothing = 0;
  double teacher_share = 0;  ///< 0: no teacher
  double temperature = 1;
  bool is_plain() const { return label_smoothing == 0 && teacher_share == 0; }
};

/// Throws ArgumentError unless 0 <= label_smoothing < 1, 0 <= teacher_share <= 1 and
/// 0.001 <= temperature <= 1000.
void validate(const LossOptions& options);

/// Logits of some images, a row each, and what they should be.
struct LossRows {
  std::int64_t classes = 0;
  const float* logits = nullptr;
  const float* teacher = nullptr;        ///< its logits; null unless it has a share
  std::span<const std::uint8_t> labels;  ///< one a row
};

struct LossSum {
  double loss = 0;           ///< over the rows
  std::int64_t correct = 0;  ///< rows whose largest logit is the label's
};

/// diff_logits = the loss's gradient * scale. `scratch` has room for 2 * classes numbers. In double
/// and one row after another: ten classes cost nothing beside the layers below them.
LossSum softmax_loss(const LossOptions& options, const LossRows& rows, double scale,
                     std::span<double> scratch, float* diff_logits) noexcept;

}  // namespace karnin
