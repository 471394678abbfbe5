// The options of `prune` that say how the kept weights are rounded.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>

#include "train/quantise.h"
#include "train/trainer.h"

namespace karnin::cli {

struct ValueOptions {
  QuantiseOptions quantise;
  std::optional<double> max_accuracy_drop;  ///< points; chooses `quantise`
  TrainOptions tuning;                      ///< of codebooks; no epochs: none
};

void add_value_options(CLI::App& verb, ValueOptions& options);

/// Whether they ask for something that training images decide.
bool needs_images(const ValueOptions& options);

/// What no option can see by itself. Throws ArgumentError.
void validate(const ValueOptions& options);

}  // namespace karnin::cli
