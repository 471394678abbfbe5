// How good the logits are: accuracy, per class, and who is taken for whom.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace karnin {

/// Index of the largest of `classes` logits in every row; the first one of equals.
/// logits.size() must be a multiple of classes.
std::vector<std::uint8_t> predict(std::span<const float> logits, std::int64_t classes);

/// Rows are true classes, columns predicted ones.
class ConfusionMatrix {
 public:
  explicit ConfusionMatrix(std::int64_t classes);
  /// Of counts() that were kept. Throws ArgumentError for a number that is no square, or for counts
  /// below 0.
  explicit ConfusionMatrix(std::vector<std::int64_t> counts);
  /// Both spans have one entry an image, each below classes(); throws ArgumentError otherwise.
  void add(std::span<const std::uint8_t> labels, std::span<const std::uint8_t> predictions);

  std::int64_t classes() const { return classes_; }
  std::span<const std::int64_t> counts() const { return counts_; }  ///< row after row
  std::int64_t at(std::int64_t label, std::int64_t prediction) const;
  std::int64_t images() const;
  std::int64_t correct() const;
  double accuracy() const;  ///< in [0, 1]; 0 without images
  /// Recall in [0, 1]; none where no image is of that class.
  std::optional<double> class_accuracy(std::int64_t label) const;

 private:
  std::int64_t classes_;
  std::vector<std::int64_t> counts_;
};

}  // namespace karnin
