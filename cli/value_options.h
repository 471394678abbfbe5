// The options of `prune` that say how the kept weights are rounded.
#pragma once

#include <optional>

#include "cli/verb.h"
#include "train/loop/trainer.h"
#include "train/values/quantise.h"

namespace karnin::cli {

struct ValueOptions {
  QuantiseOptions quantise;
  std::optional<double> max_accuracy_drop;  ///< points; chooses `quantise`
  TrainOptions tuning;                      ///< of codebooks; no epochs: none
};

void add_value_options(Verb& verb, ValueOptions& options);

/// Whether they ask for something that training images decide.
bool needs_images(const ValueOptions& options);

}  // namespace karnin::cli
