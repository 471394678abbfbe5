// The best epoch of a run, and when to wait no longer for a better one.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/graph/model.h"
#include "train/loop/snapshot.h"

namespace karnin {

/// Epoch 0: there was none yet.
struct BestEpoch {
  std::int64_t epoch = 0;
  double accuracy = 0;  ///< on images held out of training
  Snapshot weights;
  std::vector<Sensitivity> sensitivities;
  bool operator==(const BestEpoch&) const = default;
};

class EarlyStop {
 public:
  /// Throws ArgumentError for a patience below 1.
  explicit EarlyStop(std::int64_t patience);

  /// After epoch `epoch`, counted from 1, with this accuracy of the model on the images held out.
  /// Of epochs that are equally good the first one is the best: more training has not helped. True
  /// when `patience` epochs in a row were no better than the best.
  bool note(std::int64_t epoch, double accuracy, const Model& model);

  const BestEpoch& best() const { return best_; }
  void restore(BestEpoch best) { best_ = std::move(best); }

 private:
  std::int64_t patience_;
  BestEpoch best_;
};

/// Gives the model the weights and sensitivities of that epoch, if there was one.
void apply(const BestEpoch& best, Model& model);

}  // namespace karnin
