// Options whose values are numbers.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <type_traits>

#include "cli/options/number.h"

namespace karnin::cli {

/// "INT in [1, 9]", "REAL in [0, 1)"
template <typename T>
std::string notation(const Range<T>& range) {
  return fmt::format("{} in {}{}, {}{}", std::integral<T> ? "INT" : "REAL", range.above ? '(' : '[',
                     range.least, range.most,
                     range.below || static_cast<double>(range.most) == kUnbounded ? ')' : ']');
}

/// What kind of number a variable takes that may be without one.
template <typename Value>
struct NumberOf {
  using Type = Value;
};
template <typename T>
struct NumberOf<std::optional<T>> {
  using Type = T;
};

/// An option that takes a number in `range`. Its default is what `value` is now, unless that may be
/// without one.
template <typename Value>
CLI::Option* add_number(CLI::App& verb, const std::string& flag, Value& value,
                        const Range<typename NumberOf<Value>::Type>& range,
                        const std::string& help) {
  CLI::Option* option = verb.add_option_function<std::string>(
      flag,
      [&value, flag, range](const std::string& word) { value = parse_number(flag, word, range); },
      help);
  if constexpr (std::is_arithmetic_v<Value>) option->default_str(fmt::format("{}", value));
  return option->type_name(notation(range));
}

}  // namespace karnin::cli
