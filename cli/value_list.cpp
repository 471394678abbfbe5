#include "cli/value_list.h"

#include <fmt/core.h>

#include <charconv>
#include <cmath>

#include "runtime/core/error.h"
#include "train/experiments/series.h"

namespace karnin::cli {
namespace {

constexpr std::size_t kMaxValues = 1000;

[[noreturn]] void reject(const std::string& option, const std::string& text) {
  throw ArgumentError(fmt::format(
      "{}: expected numbers with commas between them, or FROM:TO:COUNT with a count of 2 to {}, "
      "got '{}'",
      option, kMaxValues, text));
}

std::vector<double> split(const std::string& option, const std::string& text, char separator) {
  std::vector<double> values;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (values.size() < kMaxValues) {
    double value = 0;
    const auto [after, error] = std::from_chars(at, end, value);
    if (error != std::errc{} || !std::isfinite(value)) reject(option, text);
    values.push_back(value);
    if (after == end) return values;
    if (*after != separator) reject(option, text);
    at = after + 1;
  }
  reject(option, text);
}

}  // namespace

std::vector<double> parse_values(const std::string& option, const std::string& text) {
  if (text.find(':') == std::string::npos) return split(option, text, ',');
  const std::vector<double> parts = split(option, text, ':');
  const bool sound = parts.size() == 3 && parts[2] >= 2 && parts[2] <= kMaxValues &&
                     parts[2] == std::floor(parts[2]);
  if (!sound) reject(option, text);
  return equally_spaced(parts[0], parts[1], static_cast<std::size_t>(parts[2]));
}

}  // namespace karnin::cli
