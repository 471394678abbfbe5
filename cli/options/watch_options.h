// The options of `train` that keep an eye on a run, and save it.
#pragma once

#include "cli/options/verb.h"
#include "train/session/training_session.h"

namespace karnin::cli {

void add_watch_options(Verb& verb, WatchOptions& options);

}  // namespace karnin::cli
