// The training loop: batches in shards over the arena, gradients in a fixed tree, one fused
// optimizer pass. The same weights for any number of threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "formats/data/dataset.h"
#include "runtime/core/error.h"
#include "runtime/graph/model.h"
#include "train/loop/observer.h"
#include "train/loop/snapshot.h"
#include "train/loop/train_options.h"
#include "train/loop/trainer_state.h"
#include "train/loop/weight_policy.h"

namespace karnin {

struct EpochReport {
  std::int64_t epoch = 0;        ///< 1-based
  double loss = 0;               ///< mean over the epoch's images
  double accuracy = 0;           ///< on the epoch's training images as they were seen
  double images_per_second = 0;  ///< training alone
  double learning_rate = 0;      ///< of the last step
};

struct StepReport {
  std::int64_t epoch = 0;  ///< 1-based
  std::int64_t step = 0;   ///< 1-based, within the epoch
  std::int64_t steps = 0;  ///< of an epoch
  double loss = 0;         ///< mean of the epoch so far
  double accuracy = 0;     ///< of the epoch so far
  double images_per_second = 0;
};

/// The loss or the weights are infinite or NaN. The message names epoch, step, the place where the
/// first such value came up, and what to do.
class DivergedError : public Error {
 public:
  using Error::Error;
};

class Trainer {
 public:
  /// Trains the model in place; model and images must outlive the trainer. The model's masks, where
  /// it has any, hold throughout, unless a policy has it otherwise. Throws ArgumentError for
  /// options out of range, no images, or a batch of whose images some batch norm can't tell a
  /// variance; ShapeError when model, teacher and images do not fit.
  Trainer(Model& model, const ImageSet& images, const TrainOptions& options);
  ~Trainer();

  /// Not owned; must outlive the trainer. May be called several times, before the first step.
  void attach(UpdateObserver& observer);
  /// Asks this policy, the only one; otherwise as attach().
  void follow(WeightPolicy& policy);
  /// Observers are to see the gradients of these images, as many a step as a batch has, drawn at
  /// random and unchanged, in place of those of the batch that is learnt. Noise that a minibatch
  /// leaves both in its gradient and in the step that it causes is then not taken for progress.
  /// The images must outlive the trainer. Before the first step; throws as the constructor does.
  void observe_on(const ImageSet& held_out);

  /// Called after every step; returning true ends the run after this step.
  using StepCallback = std::function<bool(const StepReport&)>;
  /// One epoch, every image once, the last batch as small as it comes; the model's parameters are
  /// current when it returns. A stopped epoch is reported as far as it got, and counts as one; a
  /// restored one goes on where it was, and its rate is that of the steps since then.
  /// Throws DivergedError when loss or weights are not finite; the model is then back at the
  /// weights and masks of the last completed epoch (or of the start, or the resumption).
  EpochReport run_epoch(const StepCallback& on_step = {});
  /// One step on images[indices], for tests and experiments; returns the mean loss before the
  /// update. Throws as run_epoch does, and ArgumentError for no index, one out of range, or too
  /// few images for a variance.
  double step(std::span<const std::int64_t> indices);

  std::int64_t steps_per_epoch() const;
  const SgdOptions& sgd() const;

  /// Between two steps, by who has told the policy something new: lets it act now.
  void ask_policy();
  /// Between two steps: the run goes on with these weights and masks, and no velocity. Observers
  /// start anew.
  void go_on_from(const Snapshot& weights);
  /// From now on the rate falls from what it is to 0, along half a cosine, for so many epochs.
  /// Throws ArgumentError for less than one.
  void cool_down(std::int64_t epochs);

  /// Between two steps, and so in a StepCallback too. Throws as run_epoch does when the weights are
  /// not finite: such a state is not worth keeping.
  TrainerState state() const;
  /// Before the first step, on a model with the weights and masks that go with the state. Policy
  /// and observers are not told that a run starts; they have a state of their own to restore.
  /// Throws ArgumentError for a state that can't be one of this run.
  void restore(const TrainerState& state);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace karnin
