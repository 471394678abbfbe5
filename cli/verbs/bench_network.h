// The rows of `bench` that time a whole network.
#pragma once

#include "cli/console/exit_code.h"
#include "cli/verbs/bench_options.h"

namespace karnin::cli {

/// Times the network of --model for every batch and sparsity, and tells.
ExitCode bench_network(const BenchVerb& verb);

}  // namespace karnin::cli
