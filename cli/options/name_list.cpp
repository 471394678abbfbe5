#include "cli/options/name_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "runtime/core/error.h"

namespace karnin::cli {
namespace {

void append_names(const std::string& flag, std::string_view word,
                  const std::vector<std::string>& known, std::vector<std::string>& names) {
  for (std::string_view rest = word;;) {
    const std::size_t comma = rest.find(',');
    const std::string name(rest.substr(0, comma));
    if (name.empty())
      throw ArgumentError(
          fmt::format("{}: expected names with commas between them, got '{}'", flag, word));
    if (!known.empty() && std::ranges::find(known, name) == known.end())
      throw ArgumentError(
          fmt::format("{}: expected {}, got '{}'", flag, fmt::join(known, " or "), name));
    names.push_back(name);
    if (comma == std::string_view::npos) return;
    rest.remove_prefix(comma + 1);
  }
}

void require_different(const std::string& flag, std::vector<std::string> names) {
  std::ranges::sort(names);
  if (const auto twice = std::ranges::adjacent_find(names); twice != names.end())
    throw ArgumentError(fmt::format("{}: expected different names, got '{}' twice", flag, *twice));
}

}  // namespace

/// CLI11's own delimiter drops what is empty, and then takes the next words for names.
CLI::Option* add_names(CLI::App& verb, const std::string& flag, std::vector<std::string>& names,
                       const std::string& help, const std::vector<std::string>& known) {
  return verb.add_option_function<std::vector<std::string>>(
      flag,
      [flag, known, &names](const std::vector<std::string>& words) {
        names.clear();
        for (const std::string& word : words) append_names(flag, word, known, names);
        require_different(flag, names);
      },
      help);
}

}  // namespace karnin::cli
