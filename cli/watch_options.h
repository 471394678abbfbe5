// The options of `train` that keep an eye on a run, and save it.
#pragma once

#include <filesystem>

#include "cli/checkpointing.h"
#include "cli/verb.h"

namespace karnin::cli {

struct WatchOptions {
  double validation = 0;            ///< share of the training images held out; 0: none
  std::int64_t early_stop = 0;      ///< patience in epochs; 0: none
  bool held_out_gradients = false;  ///< of these images, for the sensitivities
  CheckpointInterval checkpoint_every;
  bool resume = false;
  std::filesystem::path tensorboard;  ///< empty: nowhere
};

void add_watch_options(Verb& verb, WatchOptions& options);

}  // namespace karnin::cli
