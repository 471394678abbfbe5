// What training minimises: the cross-entropy with the labels, which may be smoothed (Szegedy et
// al., arXiv:1512.00567, section 7), mixed with that against a teacher's answers (Hinton, Vinyals
// and Dean, arXiv:1503.02531); or the mean squared error.
//
//   t = (1 - smoothing) onehot(label) + smoothing / classes
//   cross-entropy = (1 - a) H(t, p(1)) + a T^2 [H(q(T), p(T)) - H(q(T))]     p(T) = softmax(y / T)
//   mse = sum of (y - t)^2 / classes
//
// with q(T) the teacher's softmax, a the share of the teacher, T the temperature. The factor T^2
// keeps the gradients of both parts of one size when T changes. For cross-entropy y are the logits,
// in front of a softmax that ends the network; for mse what the network gives.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace karnin {

enum class LossKind { cross_entropy, mse };
std::string_view to_string(LossKind kind);         ///< "cross-entropy", "mse"
LossKind loss_from_string(std::string_view name);  ///< throws ArgumentError

struct LossOptions {
  double label_smoothing = 0;
  double teacher_share = 0;  ///< 0: no teacher
  double temperature = 1;
  LossKind kind = LossKind::cross_entropy;
  bool is_plain() const {
    return kind == LossKind::cross_entropy && label_smoothing == 0 && teacher_share == 0;
  }
};

/// Throws ArgumentError unless 0 <= label_smoothing < 1, 0 <= teacher_share <= 1 and
/// 0.001 <= temperature <= 1000, or for a teacher that is to be learnt by mse.
void validate(const LossOptions& options);

/// Logits of some images, a row each, and what they should be; for mse the network's outputs.
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

/// The same for mse.
LossSum squared_loss(const LossOptions& options, const LossRows& rows, double scale,
                     float* diff_logits) noexcept;

}  // namespace karnin
