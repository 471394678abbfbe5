// Options of training that go together under a name.
#pragma once

#include "cli/options/training_options.h"
#include "cli/options/training_pruning.h"

namespace karnin::cli {

/// Adds --recipe, which sets options as docs/GUIDE.md lists them. What else is on the command line
/// has the last word: this must be added before all other options of training.
void add_recipe_option(Verb& verb, TrainingOptions& training, TrainingPruningOptions& pruning);

}  // namespace karnin::cli
