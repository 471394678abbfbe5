// The options of `prune` that say how the kept weights are rounded.
#pragma once

#include "cli/options/verb.h"
#include "train/session/value_choice.h"

namespace karnin::cli {

void add_value_options(Verb& verb, ValueOptions& options);

}  // namespace karnin::cli
