// Karnin's sensitivities (1990, IEEE TNN 1(2), eq. 12 and its generalisation), recorded while the
// network trains. With w_i and w_f the weight at the start and at the end, dw_n its change in step
// (or epoch) n, g_n the gradient of the data loss and rate_n the learning rate:
//
//   karnin                 S = -[sum over steps  of g_n dw_n]        w_f / (w_f - w_i)
//   karnin-sgd             S =  [sum over steps  of dw_n^2 / rate_n] w_f / (w_f - w_i)
//   karnin-epoch           S =  [sum over epochs of dw_n^2 / rate_n] w_f / (w_f - w_i)
//   karnin-gradient-epoch  S = -[sum over epochs of g_n dw_n]        w_f / (w_f - w_i)
//   khanal-pseudocode      S =   sum over epochs of dw_n^2 + w_n / (rate_n (w_n - w_i))
//   synaptic-intelligence  S = -[sum over steps  of g_n dw_n] / ((w_f - w_i)^2 + 0.001)
//   movement               S = -[sum over epochs of (sum over steps of g_n) w_mid]
//   change                 S = |w_f - w_i|
//
// with w_mid the mean of the weight before and after the epoch.
//
// The last three are others' scores: Zenke, Poole and Ganguli, arXiv:1703.04200, eq. 4 and 5; Sanh,
// Wolf and Rush, arXiv:2005.07683, eq. 4 summed over epochs; and how far a weight went.
//
// Karnin's forms with g hold for any optimizer, those with dw^2 only where dw = -rate g (plain
// SGD); the pseudo-code is the paper's pseudo-code as printed, plus for times. An epoch's rate is
// the mean of its steps' rates.
//
// An epoch's g is the *mean* of its steps' gradients. The loss drops by the integral of -g dw along
// the path; where g changes little within the epoch, that is its mean times the displacement, so
// that the sum over all weights is the drop in the loss, as it is for the first form (the sum of
// the gradients would be too large by the number of steps). And the mean lets the noise of the
// minibatches cancel before it is squared, which g_n dw_n summed over steps does not.
//
// Where a denominator is 0, that quotient is 0.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/core/aligned.h"
#include "runtime/graph/model.h"
#include "runtime/kernels/kernels.h"
#include "train/loop/observer.h"

namespace karnin {

inline constexpr std::array<std::string_view, 8> kSensitivityMethods{"karnin",
                                                                     "karnin-sgd",
                                                                     "karnin-epoch",
                                                                     "karnin-gradient-epoch",
                                                                     "khanal-pseudocode",
                                                                     "synaptic-intelligence",
                                                                     "movement",
                                                                     "change"};

/// All that has been recorded: what a resumed run needs to end with the same bits. Steps are summed
/// in float, as fast as the kernel goes, over a block of steps too short for the rounding to
/// matter; blocks are summed in double.
struct RecorderState {
  /// What is known of one parameter, every vector with an entry a weight.
  struct Track {
    std::vector<float> w_initial;
    std::vector<float> w_epoch;  ///< at the start of the epoch

    AlignedVector<float> block_g_dw;
    AlignedVector<float> block_dw2;  ///< each step's over its rate
    AlignedVector<float> block_g;

    std::vector<double> g_dw;
    std::vector<double> dw2;
    std::vector<double> epoch_g;  ///< of this epoch

    std::vector<double> epochs_dw2;  ///< sums over the epochs that have ended
    std::vector<double> epochs_g_dw;
    std::vector<double> epochs_pseudocode;
    std::vector<double> epochs_g_w;
    bool operator==(const Track&) const = default;
  };

  std::vector<Track> tracks;  ///< as Model::parameters
  std::int64_t block_steps = 0;
  std::int64_t epoch_steps = 0;
  double epoch_rate_sum = 0;
  bool operator==(const RecorderState&) const = default;
};

class SensitivityRecorder : public UpdateObserver {
 public:
  /// Forgets whatever was recorded before; the weights in `model` are w_i.
  void on_start(const Model& model) override;
  void on_update(const WeightUpdate& update) noexcept override;
  void on_step_end(const StepInfo& step) override;
  void on_epoch_end(const Model& model) override;

  /// All of kSensitivityMethods, for the weights as they are in `model` (w_f). An epoch that has
  /// begun counts as far as it got. Same shapes as in on_start.
  std::vector<Sensitivity> sensitivities(const Model& model) const;
  /// -sum g dw over all weights since on_start: the drop in the loss, up to the step size.
  double loss_drop() const;

  /// Of parameter p, summed over the steps since on_start or the end of the last epoch.
  std::vector<double> gradient_sums(std::size_t p) const;

  /// Between two steps.
  const RecorderState& state() const { return state_; }
  /// Goes on from there, as if on_start and all that followed had been called.
  void restore(RecorderState state) { state_ = std::move(state); }

 private:
  using Track = RecorderState::Track;

  /// One weight's share of one epoch, to be added to the sums over epochs.
  struct EpochTerms {
    double dw2 = 0;
    double g_dw = 0;
    double pseudocode = 0;
    double g_w = 0;
  };

  void fold_block();
  /// Of the epoch so far, if the weight now is w. All zero before the epoch's first step.
  EpochTerms epoch_terms(const Track& track, std::size_t i, double w) const;

  const kernels::Table* table_ = &kernels::active();
  RecorderState state_;
};

}  // namespace karnin
