// Options whose values are numbers.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <type_traits>

#include "cli/number.h"

namespace karnin::cli {

/// "INT in [1, 9]", "REAL in [0, 1)"
template <typename T>
std::string notation(const Range<T>& range) {
  return fmt::format("{} in {}{}, {}{}", std::integral<T> ? "INT" : "REAL", range.above ? '(' : '[',
                     range.least, range.most,
                     range.below || static_cast<double>(range.most) == kUnbounded ? ')' : ']');
}

/// An option that takes a number in `range`; without a default.
template <typename T>
CLI::Option* add_number(CLI::App& verb, const std::string& flag, std::optional<T>& value,
                        const std::type_identity_t<Range<T>>& range, const std::string& help) {
  return verb
      .add_option_function<std::string>(
          flag,
          [&value, flag, range](const std::string& word) {
            value = parse_number(flag, word, range);
          },
          help)
      ->type_name(notation(range));
}

/// The same, of which the value it has now is the default.
template <typename T>
  requires std::is_arithmetic_v<T>
CLI::Option* add_number(CLI::App& verb, const std::string& flag, T& value,
                        const std::type_identity_t<Range<T>>& range, const std::string& help) {
  return verb
      .add_option_function<std::string>(
          flag,
          [&value, flag, range](const std::string& word) {
            value = parse_number(flag, word, range);
          },
          help)
      ->type_name(notation(range))
      ->default_str(fmt::format("{}", value));
}

}  // namespace karnin::cli
