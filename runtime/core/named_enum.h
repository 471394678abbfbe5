// The names under which options are written on the command line, one table an enumeration.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/core/error.h"

namespace karnin {

template <typename Enum, std::size_t N>
using EnumNames = std::array<std::pair<Enum, std::string_view>, N>;

template <typename Enum, std::size_t N>
std::string_view name_of(const EnumNames<Enum, N>& names, Enum value) {
  for (const auto& [candidate, name] : names)
    if (candidate == value) return name;
  assert(!"a value without a name");
  return "unknown";
}

/// The inverse. Throws ArgumentError that says what was being named and lists what there is.
template <typename Enum, std::size_t N>
Enum value_of(const EnumNames<Enum, N>& names, std::string_view what, std::string_view wanted) {
  std::string known;
  for (const auto& [value, name] : names) {
    if (name == wanted) return value;
    known += (known.empty() ? "" : ", ") + std::string(name);
  }
  throw ArgumentError("unknown " + std::string(what) + " '" + std::string(wanted) +
                      "': expected one of " + known);
}

}  // namespace karnin
