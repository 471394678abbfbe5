#include "runtime/engine/metrics.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "runtime/core/error.h"

namespace karnin {

std::vector<std::uint8_t> predict(std::span<const float> logits, std::int64_t classes) {
  if (classes < 1 || classes > 256 || logits.size() % static_cast<std::size_t>(classes) != 0)
    throw ArgumentError("predict: " + std::to_string(logits.size()) + " logits are not rows of " +
                        std::to_string(classes) + " classes (1 to 256)");
  std::vector<std::uint8_t> predictions;
  predictions.reserve(logits.size() / static_cast<std::size_t>(classes));
  for (auto row = logits.begin(); row != logits.end(); row += classes)
    predictions.push_back(static_cast<std::uint8_t>(std::max_element(row, row + classes) - row));
  return predictions;
}

ConfusionMatrix::ConfusionMatrix(std::int64_t classes)
    : classes_(classes), counts_(static_cast<std::size_t>(classes * classes), 0) {}

ConfusionMatrix::ConfusionMatrix(std::vector<std::int64_t> counts)
    : classes_(std::llround(std::sqrt(static_cast<double>(counts.size())))),
      counts_(std::move(counts)) {
  if (static_cast<std::size_t>(classes_ * classes_) != counts_.size())
    throw ArgumentError("confusion matrix: expected as many counts as rows times rows, got " +
                        std::to_string(counts_.size()));
  if (std::ranges::any_of(counts_, [](std::int64_t count) { return count < 0; }))
    throw ArgumentError("confusion matrix: a count is below 0");
}

void ConfusionMatrix::add(std::span<const std::uint8_t> labels,
                          std::span<const std::uint8_t> predictions) {
  if (labels.size() != predictions.size())
    throw ArgumentError("confusion matrix: " + std::to_string(labels.size()) + " labels for " +
                        std::to_string(predictions.size()) + " predictions");
  const auto out_of_range = [this](std::uint8_t index) { return index >= classes_; };
  if (std::ranges::any_of(labels, out_of_range) || std::ranges::any_of(predictions, out_of_range))
    throw ArgumentError("confusion matrix: an index is not below " + std::to_string(classes_));
  for (std::size_t i = 0; i < labels.size(); ++i)
    ++counts_[static_cast<std::size_t>(labels[i] * classes_ + predictions[i])];
}

std::int64_t ConfusionMatrix::at(std::int64_t label, std::int64_t prediction) const {
  return counts_.at(static_cast<std::size_t>(label * classes_ + prediction));
}

std::int64_t ConfusionMatrix::images() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0});
}

std::int64_t ConfusionMatrix::correct() const {
  std::int64_t sum = 0;
  for (std::int64_t label = 0; label < classes_; ++label) sum += at(label, label);
  return sum;
}

double ConfusionMatrix::accuracy() const {
  const std::int64_t total = images();
  return total == 0 ? 0.0 : static_cast<double>(correct()) / static_cast<double>(total);
}

std::optional<double> ConfusionMatrix::class_accuracy(std::int64_t label) const {
  std::int64_t row = 0;
  for (std::int64_t prediction = 0; prediction < classes_; ++prediction)
    row += at(label, prediction);
  if (row == 0) return std::nullopt;
  return static_cast<double>(at(label, label)) / static_cast<double>(row);
}

}  // namespace karnin
