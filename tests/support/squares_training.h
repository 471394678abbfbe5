// A small network that learns where the bright square is: what tests of the trainer train.
#pragma once

#include "tests/support/bright_squares.h"
#include "tests/support/small_network.h"
#include "train/loop/initialise.h"
#include "train/loop/trainer.h"

namespace karnin::test {

inline constexpr Extent kSquares{1, 14, 14};
inline constexpr std::int64_t kSquareClasses = 8;

inline Model squares_model() {
  Model model = make_model(small_network(kSquares, kSquareClasses));
  initialise(model, 1);
  return model;
}

inline ImageSet squares(std::int64_t count) {
  return bright_squares(kSquares, kSquareClasses, count, 4);
}

inline TrainOptions squares_options(std::int64_t batch, double rate) {
  TrainOptions options;
  options.epochs = 10;
  options.batch = batch;
  options.schedule.learning_rate = rate;
  options.threads = 2;
  return options;
}

}  // namespace karnin::test
