// The options of `train` that decide the weights.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/options/verb.h"
#include "train/loop/trainer.h"

namespace karnin::cli {

struct TrainingOptions {
  TrainOptions train;
  std::string teacher;  ///< file of a model; empty: none
  std::optional<double> teacher_share;
  double temperature = 1;            ///< of the teacher's answers
  std::vector<std::string> augment;  ///< "flip", "shift"
  std::int64_t shift = 4;            ///< pixels, if "shift" is asked for
};

/// `epochs` is the name of the option that says how many; --model is there already. Returns the
/// names of the others but for --seed: what matters only where something is trained.
std::vector<std::string> add_training_options(Verb& verb, TrainingOptions& options,
                                              const std::string& epochs = "--epochs");

/// What the trainer takes: `augment`, `threads` and the teacher filled in. Throws FileError.
TrainOptions resolve(const TrainingOptions& options, int threads);

}  // namespace karnin::cli
