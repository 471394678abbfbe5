// Several numbers in one argument.
#pragma once

#include <string>
#include <vector>

#include "cli/options/number.h"

namespace karnin::cli {

/// "0.5,0.7" or "0.45:0.001:20" (equally spaced, both ends included), each in `range`. Throws
/// ArgumentError, naming `option`, for anything else, for a number that stands there twice, and for
/// no or more than a thousand numbers.
std::vector<double> parse_values(const std::string& option, const std::string& text,
                                 const Range<double>& range = kShare);

/// The same of whole numbers.
std::vector<std::int64_t> parse_counts(const std::string& option, const std::string& text,
                                       const Range<std::int64_t>& range);

}  // namespace karnin::cli
