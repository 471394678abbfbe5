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

/// "0.5,0.5,0.4": numbers of `range` in an order that means something. Throws ArgumentError as
/// above, but for one that stands there twice.
std::vector<double> parse_sequence(const std::string& option, const std::string& text,
                                   const Range<double>& range);

/// As parse_values(), of whole numbers.
std::vector<std::int64_t> parse_counts(const std::string& option, const std::string& text,
                                       const Range<std::int64_t>& range);

}  // namespace karnin::cli
