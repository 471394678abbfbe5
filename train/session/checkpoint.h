// The state of a run as the arrays of a Checkpoint, and back:
//
//   trainer.counters   u64  epochs done, steps done; of the epoch: steps, images, correct; of the
//                           cooldown: step at which it began, steps
//   trainer.loss       f64  sum of the epoch
//   velocity           f32  of every element, parameter after parameter, as in all that follow
//   recorder.counters  u64  steps of the block, steps of the epoch
//   recorder.rates     f64  sum of the epoch's rates
//   recorder.*         f32 and f64, one for each member of RecorderState::Track
//   window.*                as recorder.*, of the steps since the last pruning
//   pruner.sparsity    f64  before the run
//   pruner.hidden      f32  pruned weights that are updated out of sight; may be empty
//   pruner.early       f32  weights to go back to after a pruning; may be empty
//   search.numbers     f64  best accuracy, share, sparsity and accuracy of the network kept, epochs
//                           waited, epochs of the cooldown (negative: none)
//   search.weights     f32  of the network kept; may be empty
//   search.kept_zeros  u64  positions in that of weights that are 0 but not pruned, in parameters
//                           with a mask; left out where there are none
//   average.steps      u64  of the average of the weights
//   average            f32
//   best.epoch         u64  number of the best epoch; 0: there is none, nor one of the following
//   best.accuracy      f64  of that epoch, on the images held out
//   best.weights       f32
//   best.<method>      f32  its sensitivities, one array a method
#pragma once

#include "formats/model/checkpoint_file.h"
#include "train/loop/early_stop.h"
#include "train/loop/trainer.h"
#include "train/loop/weight_average.h"
#include "train/pruning/pruning_search.h"
#include "train/pruning/recorder.h"
#include "train/pruning/training_pruner.h"

namespace karnin {

void put(const TrainerState& state, Checkpoint& checkpoint);
void put(const RecorderState& state, Checkpoint& checkpoint);
void put(const BestEpoch& best, Checkpoint& checkpoint);
void put(const TrainingPrunerState& state, Checkpoint& checkpoint);
void put(const WeightAverage::State& state, Checkpoint& checkpoint);
void put(const PruningSearchState& state, Checkpoint& checkpoint);

/// Checkpoint::numbers(), all of them finite, as those of every run that goes well, or
/// ArgumentError.
template <typename T>
std::span<const T> finite_numbers(const Checkpoint& checkpoint, const std::string& name,
                                  std::int64_t count = -1);

/// Throw ArgumentError where the checkpoint lacks an array, or has one that its model's parameters
/// do not fill, that isn't finite, or that gives a pruned weight a value.
TrainerState trainer_state(const Checkpoint& checkpoint);
RecorderState recorder_state(const Checkpoint& checkpoint);
BestEpoch best_epoch(const Checkpoint& checkpoint);
TrainingPrunerState pruner_state(const Checkpoint& checkpoint);
WeightAverage::State average_state(const Checkpoint& checkpoint);
PruningSearchState search_state(const Checkpoint& checkpoint);

}  // namespace karnin
