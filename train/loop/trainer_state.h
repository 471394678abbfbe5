// Where a training is between two steps, and where it can be.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/core/aligned.h"

namespace karnin {

/// Sums over the steps of an epoch.
struct EpochSums {
  std::int64_t steps = 0;
  std::int64_t images = 0;
  std::int64_t correct = 0;
  double loss = 0;

  double mean_loss() const { return loss / static_cast<double>(images); }
  double accuracy() const { return static_cast<double>(correct) / static_cast<double>(images); }
  bool operator==(const EpochSums&) const = default;
};

/// Where a run is between two steps. Together with the model, the options, the images and what the
/// observers keep it decides all that follows: the order of the images and everything that is drawn
/// at random are functions of seed, epoch and step (data_order.h), so that there is no generator
/// whose state would belong here.
struct TrainerState {
  std::int64_t epochs_done = 0;
  std::int64_t steps_done = 0;      ///< of the whole run
  EpochSums epoch;                  ///< of the epoch that is going on
  std::int64_t cooldown_begin = 0;  ///< step at which it began
  std::int64_t cooldown_steps = 0;  ///< 0: there is none
  std::vector<AlignedVector<float>> velocity;
  bool operator==(const TrainerState&) const = default;
};

/// A run of so many epochs over so many images, the last batch of an epoch as small as it comes.
struct RunLength {
  std::int64_t epochs = 0;
  std::int64_t images = 0;
  std::int64_t batch = 0;

  std::int64_t steps_per_epoch() const { return images / batch + (images % batch == 0 ? 0 : 1); }
};

/// Throws ArgumentError for counters that can't be those of such a run; the velocity is looked at
/// elsewhere.
void require_state_of(const RunLength& run, const TrainerState& state);

}  // namespace karnin
