// Numbers as words: of the command line, of its lists, of the environment.
#pragma once

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <concepts>
#include <limits>
#include <string>
#include <string_view>

#include "runtime/core/error.h"

namespace karnin::cli {

/// What a number may be. `above` and `below` leave the bound itself out.
template <typename T>
struct Range {
  T least;
  T most;
  bool above = false;
  bool below = false;

  bool contains(T value) const {
    return (above ? value > least : value >= least) && (below ? value < most : value <= most);
  }
};

inline constexpr double kUnbounded = std::numeric_limits<double>::infinity();
inline constexpr Range<double> kShare{0, 1};
inline constexpr Range<double> kShareBelowOne{.least = 0, .most = 1, .below = true};
inline constexpr Range<double> kPositive{.least = 0, .most = kUnbounded, .above = true};

/// "a whole number from 1 to 9", "a number from 0 to below 1", "a finite number above 0"
template <typename T>
std::string in_words(const Range<T>& range) {
  const bool unbounded = static_cast<double>(range.most) == kUnbounded;
  std::string text = std::integral<T> ? "a whole number"
                     : unbounded      ? "a finite number"
                                      : "a number";
  text += fmt::format(" {} {}", range.above ? "above" : "from", range.least);
  if (unbounded) return text + (range.above ? "" : " on");
  text += range.above ? " and " : " to ";
  if (range.below) return text + fmt::format("below {}", range.most);
  return text + fmt::format("{}{}", range.above ? "at most " : "", range.most);
}

/// The number that the whole word is, in decimal: without a sign, as there is nothing to be asked
/// for by negative numbers, and without blanks or whatever else another reader of numbers would
/// let pass. Throws ArgumentError, naming `what` it is for.
template <typename T>
T parse_number(std::string_view what, std::string_view word, const Range<T>& range) {
  T value{};
  const char* const end = word.data() + word.size();
  const auto [after, error] = std::from_chars(word.data(), end, value);
  const bool whole_word = error == std::errc{} && after == end;
  const auto real = static_cast<double>(value);
  if (whole_word && !word.starts_with('-') && std::isfinite(real) && range.contains(value))
    return value;
  const bool is_nan = whole_word && std::isnan(real);
  throw ArgumentError(fmt::format("{}: expected {}, got {}", what, in_words(range),
                                  is_nan ? "NaN" : fmt::format("'{}'", word)));
}

}  // namespace karnin::cli
