// Pruning while a network trains: weights go as a schedule says, by a score over the steps since
// the last time, and may come back.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "train/loop/trainer.h"
#include "train/masks/pruner.h"
#include "train/pruning/pruning_schedule.h"
#include "train/pruning/recorder.h"

namespace karnin {

enum class Growth {
  none,
  /// Where the loss falls fastest, with weight 0 (RigL: Evci et al., arXiv:1911.11134). Each time
  /// `growth_share` of the kept weights are removed beyond what the schedule asks for, and as many
  /// of the pruned ones with the largest mean gradient since the last time come back; the share
  /// falls to 0 along with the schedule.
  gradient,
  /// Pruned weights go on being updated out of sight, and are kept again as soon as they outgrow
  /// others (Lin et al., Dynamic model pruning with feedback, arXiv:2006.07253).
  feedback
};

std::string_view to_string(Growth growth);         ///< "none", "gradient", "feedback"
Growth growth_from_string(std::string_view name);  ///< throws ArgumentError

struct TrainingPruning {
  PruneOptions choice;  ///< with a sparsity: that of the end
  PruningScheduleOptions schedule;
  Growth growth = Growth::none;
  double growth_share = 0.3;
  /// Rounds alone: after each pruning all weights that are left go back to what they were after so
  /// many epochs of the run, before the first pruning (Frankle et al., arXiv:1903.01611).
  std::optional<std::int64_t> rewind_to;
};

/// What a run that goes on needs to know; the masks are the model's.
struct TrainingPrunerState {
  double first_sparsity = 0;   ///< before the run
  RecorderState window;        ///< of the steps since the last pruning, as one epoch
  std::vector<Tensor> hidden;  ///< feedback: all weights, as Model::parameters
  std::vector<Tensor> early;   ///< rewinding: those to go back to, while they are known and needed
  bool operator==(const TrainingPrunerState&) const = default;
};

class TrainingPruner final : public WeightPolicy {
 public:
  /// For the trainer of this model, which is to follow it; the model must outlive it. `epochs` is
  /// the length of the run. A pruning before the first step sorts by what the model has recorded
  /// before. Throws ArgumentError for options out of range, an unknown layer, or no sparsity.
  TrainingPruner(const Model& model, const Trainer& trainer, const TrainingPruning& options,
                 std::int64_t epochs);

  /// By who decides instead of a schedule: prunes to `sparsity` as soon as it is asked.
  void aim_at(double sparsity) { aim_ = sparsity; }

  /// Share of the weights of the chosen layers that are pruned now.
  double sparsity() const;
  /// Whether the masks stay as they are until the end of the run.
  bool is_settled() const { return schedule_.is_settled(step_); }

  void before_run(TrainedWeights& weights) override;
  void on_update(const WeightUpdate& update) noexcept override;
  void after_update(const StepInfo& step, Model& model) override;
  bool between_steps(const StepInfo& step, TrainedWeights& weights) override;
  bool holds_masks() const override { return hidden_.empty(); }
  bool wants_pruned_gradients() const override;

  TrainingPrunerState state() const;
  /// On a model with the masks that go with it, after `step` steps.
  void restore(const TrainingPrunerState& state, std::int64_t step);

 private:
  bool records() const;
  bool window_is_empty() const { return window_.state().epoch_steps == 0; }
  bool act(std::int64_t step, TrainedWeights& weights);
  void prune_now(std::int64_t step, TrainedWeights& weights);
  void prune_to(double sparsity, Model& model) const;
  void grow_to(double sparsity, Model& model) const;
  void move_hidden(const WeightUpdate& update) noexcept;
  void show_hidden(Model& model) const;
  void keep_early(std::int64_t step);

  const Model& model_;
  TrainingPruning options_;
  PruningSchedule schedule_;
  /// What a weight out of sight loses in a step, as a share of itself and for a learning rate of 1.
  /// The optimizer, which sees it as 0, can't decay it: with momentum m, a steady decay d comes to
  /// d / (1 - m).
  double hidden_decay_;
  SensitivityRecorder window_;
  std::int64_t step_ = 0;
  std::optional<double> aim_;     ///< until it is asked the next time
  std::vector<Tensor> hidden_;    ///< of feedback, until the schedule's end; else empty
  std::int64_t early_step_ = -1;  ///< whose weights to go back to; negative: none
  std::vector<Tensor> early_;     ///< those weights, until the last pruning
};

}  // namespace karnin
