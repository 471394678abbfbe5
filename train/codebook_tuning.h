// Training weights that a codebook rounds: the network computes with the rounded ones, and updates
// add up beside them until a weight moves on to the next entry (the straight-through estimator of
// Bengio, Leonard and Courville, arXiv:1308.3432). Entries follow the weights that they stand for.
#pragma once

#include <vector>

#include "train/observer.h"

namespace karnin {

class CodebookTuning final : public UpdateObserver {
 public:
  /// Rounds the weights of every layer as quantise() does, and no bias. Attach it to the trainer of
  /// this model, which must outlive it; after every step the weights are rounded again.
  /// Throws ArgumentError as quantise() does.
  CodebookTuning(Model& model, int entries);

  void on_start(const Model& /*model*/) override {}
  void on_update(const WeightUpdate& update) noexcept override;
  void on_step_end() override;
  void on_epoch_end(const Model& /*model*/) override {}

 private:
  struct Tuned {
    std::vector<float> unrounded;  ///< every weight, pruned ones too; empty for a bias
    std::vector<float> codebook;   ///< ascending
  };
  static void round(Tuned& tuned, Parameter& parameter);

  Model& model_;
  std::vector<Tuned> tuned_;  ///< one a parameter
};

}  // namespace karnin
