// The rows of `bench` that compare the kernels of single fully connected layers.
#pragma once

#include "cli/console/exit_code.h"
#include "cli/verbs/bench_options.h"

namespace karnin::cli {

/// Times every layer that the options name, dense against sparse, and tells.
ExitCode bench_layers(const BenchVerb& verb);

}  // namespace karnin::cli
