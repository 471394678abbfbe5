// --out and --overwrite.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

#include "train/session/results.h"

namespace karnin::cli {

/// `help` says what --out is.
void add_result_options(CLI::App& verb, ResultOptions& options,
                        const std::filesystem::path& initial_out, const std::string& help);

}  // namespace karnin::cli
