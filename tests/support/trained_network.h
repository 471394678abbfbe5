// A small network that has learnt its images, with sensitivities, in a fraction of a second.
#pragma once

#include <cstdint>

#include "tests/support/bright_squares.h"
#include "tests/support/small_network.h"
#include "train/loop/initialise.h"
#include "train/loop/trainer.h"
#include "train/pruning/recorder.h"

namespace karnin::test {

inline constexpr Extent kSmallExtent{3, 14, 14};
inline constexpr std::int64_t kSmallClasses = 5;

inline Model trained_network(std::uint64_t seed = 1) {
  const ImageSet images = bright_squares(kSmallExtent, kSmallClasses, 200, 9);
  Model model = make_model(small_network(kSmallExtent, kSmallClasses));
  initialise(model, seed);
  TrainOptions options;
  options.epochs = 2;
  options.schedule.learning_rate = 0.005;
  options.seed = seed;
  Trainer trainer(model, images, options);
  SensitivityRecorder recorder;
  trainer.attach(recorder);
  for (int epoch = 0; epoch < 2; ++epoch) trainer.run_epoch();
  model.sensitivities = recorder.sensitivities(model);
  return model;
}

}  // namespace karnin::test
