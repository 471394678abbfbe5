// An option that takes several names.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace karnin::cli {

/// Names with commas between them, in one word or several. An empty one (of "a,,b" or of an unset
/// variable in a script) is an ArgumentError that names the option, and so are one that stands
/// there twice and, if any are `known`, one that is not.
CLI::Option* add_names(CLI::App& verb, const std::string& flag, std::vector<std::string>& names,
                       const std::string& help, const std::vector<std::string>& known = {});

}  // namespace karnin::cli
