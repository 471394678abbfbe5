// Several numbers in one argument.
#pragma once

#include <string>
#include <vector>

namespace karnin::cli {

/// "0.5,0.7" or "0.45:0.001:20" (equally spaced, both ends included). Throws ArgumentError, naming
/// `option`, for anything else, and for no or more than a thousand numbers.
std::vector<double> parse_values(const std::string& option, const std::string& text);

}  // namespace karnin::cli
