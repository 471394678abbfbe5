#include "train/loop/loss.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/core/error.h"
#include "runtime/core/named_enum.h"

namespace karnin {
namespace {

constexpr EnumNames<LossKind, 2> kLossNames{
    {{LossKind::cross_entropy, "cross-entropy"}, {LossKind::mse, "mse"}}};

/// t of the header, for one class of so many.
double target(const LossOptions& options, bool is_label, std::size_t classes) {
  return options.label_smoothing / static_cast<double>(classes) +
         (is_label ? 1 - options.label_smoothing : 0);
}

bool is_right(std::span<const float> logits, std::size_t label) {
  return std::ranges::max_element(logits) - logits.begin() == static_cast<std::ptrdiff_t>(label);
}

/// dst = logits / temperature - the log of the sum of their exponentials: log p(T).
void log_softmax(std::span<const float> logits, double temperature, std::span<double> dst) {
  const double top = static_cast<double>(std::ranges::max(logits)) / temperature;
  double sum = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    dst[i] = static_cast<double>(logits[i]) / temperature - top;
    sum += std::exp(dst[i]);
  }
  for (double& value : dst) value -= std::log(sum);
}

/// Sets diff; returns the loss.
double label_row(const LossOptions& options, std::size_t label, std::span<const double> log_p,
                 double scale, float* diff) {
  double loss = 0;
  for (std::size_t i = 0; i < log_p.size(); ++i) {
    const double t = target(options, i == label, log_p.size());
    if (t > 0) loss -= t * log_p[i];
    diff[i] = static_cast<float>((std::exp(log_p[i]) - t) * scale);
  }
  return loss;
}

/// Adds to diff; returns the loss.
double teacher_row(double temperature, std::span<const double> log_q, std::span<const double> log_p,
                   double scale, float* diff) {
  double loss = 0;
  for (std::size_t i = 0; i < log_p.size(); ++i) {
    const double q = std::exp(log_q[i]);
    loss += q * (log_q[i] - log_p[i]);
    diff[i] += static_cast<float>((std::exp(log_p[i]) - q) * temperature * scale);
  }
  return temperature * temperature * loss;
}

}  // namespace

std::string_view to_string(LossKind kind) { return name_of(kLossNames, kind); }

LossKind loss_from_string(std::string_view name) { return value_of(kLossNames, "loss", name); }

void validate(const LossOptions& options) {
  if (!(options.label_smoothing >= 0 && options.label_smoothing < 1))
    throw ArgumentError(fmt::format("label smoothing: expected a number in [0, 1), got {}",
                                    options.label_smoothing));
  if (!(options.teacher_share >= 0 && options.teacher_share <= 1))
    throw ArgumentError(fmt::format("share of the teacher: expected a number in [0, 1], got {}",
                                    options.teacher_share));
  if (!(options.temperature >= 1e-3 && options.temperature <= 1e3))
    throw ArgumentError(fmt::format("temperature: expected a number from 0.001 to 1000, got {}",
                                    options.temperature));
  if (options.kind == LossKind::mse && options.teacher_share > 0)
    throw ArgumentError("teacher: expected the loss cross-entropy, got mse");
}

LossSum softmax_loss(const LossOptions& options, const LossRows& rows, double scale,
                     std::span<double> scratch, float* diff_logits) noexcept {
  const auto classes = static_cast<std::size_t>(rows.classes);
  const std::span<double> log_p = scratch.first(classes), log_q = scratch.subspan(classes, classes);
  const double share = options.teacher_share;
  LossSum sum;
  for (std::size_t row = 0; row < rows.labels.size(); ++row) {
    const std::span<const float> logits(rows.logits + row * classes, classes);
    const std::size_t label = rows.labels[row];
    float* diff = diff_logits + row * classes;
    log_softmax(logits, 1, log_p);
    sum.loss += (1 - share) * label_row(options, label, log_p, (1 - share) * scale, diff);
    sum.correct += is_right(logits, label) ? 1 : 0;
    if (share == 0) continue;
    log_softmax({rows.teacher + row * classes, classes}, options.temperature, log_q);
    log_softmax(logits, options.temperature, log_p);
    sum.loss += share * teacher_row(options.temperature, log_q, log_p, share * scale, diff);
  }
  return sum;
}

LossSum squared_loss(const LossOptions& options, const LossRows& rows, double scale,
                     float* diff_logits) noexcept {
  const auto classes = static_cast<std::size_t>(rows.classes);
  LossSum sum;
  for (std::size_t row = 0; row < rows.labels.size(); ++row) {
    const std::span<const float> outputs(rows.logits + row * classes, classes);
    const std::size_t label = rows.labels[row];
    double squares = 0;
    for (std::size_t i = 0; i < classes; ++i) {
      const double error = static_cast<double>(outputs[i]) - target(options, i == label, classes);
      squares += error * error;
      diff_logits[row * classes + i] =
          static_cast<float>(2 * error * scale / static_cast<double>(classes));
    }
    sum.loss += squares / static_cast<double>(classes);
    sum.correct += is_right(outputs, label) ? 1 : 0;
  }
  return sum;
}

}  // namespace karnin
