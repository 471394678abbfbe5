// Pruning until the network says stop. It trains at a constant rate; as long as the accuracy on
// images held out stays within `max_drop` of the best that was seen (Prechelt's generalisation
// loss: Neural Networks: Tricks of the Trade, 1998, chapter 2, with accuracy in place of the error)
// a share of the weights that are left goes. When it does not come back within `patience` epochs,
// the network returns to where it was good, and the share is halved; when that share is no longer
// worth an epoch, or there is nothing left to prune, pruning is over, and so is the training after
// a last decline of the rate.
#pragma once

#include <cstdint>

#include "train/loop/snapshot.h"

namespace karnin {

struct PruningSearchOptions {
  double max_drop = 0.005;  ///< of the accuracy, as a share of the images
  double first_share = 0.3;
  double last_share = 0.05;
  std::int64_t patience = 2;   ///< epochs
  std::int64_t cooldown = 10;  ///< epochs of the declining rate
};

/// Throws ArgumentError unless 0 <= max_drop <= 1, 0 < last_share <= first_share < 1, patience >= 0
/// and cooldown >= 1.
void validate(const PruningSearchOptions& options);

struct PruningSearchState {
  double best = -1;  ///< accuracy that was seen; negative: none yet
  double share = 0;  ///< that goes next time
  double good = -1;  ///< sparsity of the network that is kept; negative: none yet
  double kept_accuracy = 0;
  std::int64_t waited = 0;
  std::int64_t cooled = -1;  ///< epochs of the cooldown; negative: not there yet
  Snapshot kept;             ///< the network; empty: none yet
  bool operator==(const PruningSearchState&) const = default;
};

class PruningSearch {
 public:
  explicit PruningSearch(const PruningSearchOptions& options);

  enum class Action {
    train_on,   ///< and see
    prune,      ///< keep() this network, then prune to target()
    roll_back,  ///< bring_back() the one that was kept, then prune it to target()
    cool_down,  ///< bring it back, and let the rate decline
    stop        ///< there is nothing left to try
  };

  /// After an epoch, with the accuracy on images held out and the sparsity that the network has.
  Action note(double accuracy, double sparsity);

  std::int64_t cooldown() const { return options_.cooldown; }
  /// Sparsity to prune to next.
  double target() const;
  /// Whether the rate declines, so that a network that is_better() is to be kept.
  bool is_cooling() const { return state_.cooled > 0; }
  bool is_better(double accuracy) const { return accuracy >= state_.kept_accuracy; }
  void keep(const Model& model, double accuracy, double sparsity);
  /// Weights and masks of the network that was kept, if there is one.
  void bring_back(Model& model) const;

  const PruningSearchState& state() const { return state_; }
  void restore(PruningSearchState state) { state_ = std::move(state); }

 private:
  Action begin_cooldown();

  PruningSearchOptions options_;
  PruningSearchState state_;
};

}  // namespace karnin
