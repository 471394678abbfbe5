// Training weights that a codebook rounds: the network computes with the rounded ones, and updates
// add up beside them until a weight moves on to the next entry (the straight-through estimator of
// Bengio, Leonard and Courville, arXiv:1308.3432). Entries follow the weights that they stand for.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "train/loop/weight_policy.h"

namespace karnin {

class CodebookTuning final : public WeightPolicy {
 public:
  /// Rounds the weights of every layer to codebooks as quantise() finds them, then moves each entry
  /// to the mean of its weights in 10 bits of mantissa (round_to_entry(); quantise() leaves a
  /// tensor of no more distinct values than entries as it is). No bias is rounded. The trainer of
  /// this model is to follow it; after every step the weights are rounded again.
  /// Throws ArgumentError as quantise() does.
  CodebookTuning(Model& model, int entries);

  void on_update(const WeightUpdate& update) noexcept override;
  void after_update(const StepInfo& step, Model& model) override;

 private:
  struct Tuned {
    std::vector<float> unrounded;       ///< every weight, pruned ones too; empty for a bias
    std::vector<std::uint32_t> kept;    ///< indices of those that are not pruned
    std::vector<std::uint8_t> entries;  ///< of each of these
    std::vector<float> codebook;        ///< ascending
  };
  static void round(Tuned& tuned, std::span<float> weights) noexcept;

  std::vector<Tuned> tuned_;  ///< one a parameter
};

}  // namespace karnin
