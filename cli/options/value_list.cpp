#include "cli/options/value_list.h"

#include <fmt/core.h>

#include <set>
#include <string_view>

#include "train/experiments/series.h"

namespace karnin::cli {
namespace {

constexpr std::int64_t kMaxValues = 1000;

[[noreturn]] void reject(const std::string& option, const std::string& text) {
  throw ArgumentError(fmt::format(
      "{}: expected numbers with commas between them, or FROM:TO:COUNT with a count of 2 to {}, "
      "got '{}'",
      option, kMaxValues, text));
}

std::vector<std::string_view> split(const std::string& option, const std::string& text,
                                    char separator) {
  std::vector<std::string_view> words;
  std::string_view rest = text;
  while (static_cast<std::int64_t>(words.size()) < kMaxValues) {
    const std::size_t end = rest.find(separator);
    words.push_back(rest.substr(0, end));
    if (words.back().empty()) reject(option, text);
    if (end == std::string_view::npos) return words;
    rest.remove_prefix(end + 1);
  }
  reject(option, text);
}

template <typename T>
std::vector<T> read_list(const std::string& option, const std::string& text,
                         const Range<T>& range) {
  std::vector<T> values;
  for (const std::string_view word : split(option, text, ','))
    values.push_back(parse_number(option, word, range));
  return values;
}

template <typename T>
std::vector<T> read(const std::string& option, const std::string& text, const Range<T>& range) {
  std::vector<T> values;
  if (text.find(':') == std::string::npos) return read_list(option, text, range);
  const std::vector<std::string_view> parts = split(option, text, ':');
  if (parts.size() != 3) reject(option, text);
  const auto count =
      parse_number<std::int64_t>(option + ": COUNT of FROM:TO:COUNT", parts[2], {2, kMaxValues});
  const auto first = static_cast<double>(parse_number(option, parts[0], range));
  const auto last = static_cast<double>(parse_number(option, parts[1], range));
  for (const double value : equally_spaced(first, last, static_cast<std::size_t>(count))) {
    values.push_back(static_cast<T>(value));
    if (static_cast<double>(values.back()) != value) reject(option, text);
  }
  return values;
}

template <typename T>
std::vector<T> parse(const std::string& option, const std::string& text, const Range<T>& range) {
  const std::vector<T> values = read(option, text, range);
  if (std::set<T>(values.begin(), values.end()).size() < values.size())
    throw ArgumentError(fmt::format("{}: expected different numbers, got '{}'", option, text));
  return values;
}

}  // namespace

std::vector<double> parse_values(const std::string& option, const std::string& text,
                                 const Range<double>& range) {
  return parse(option, text, range);
}

std::vector<double> parse_sequence(const std::string& option, const std::string& text,
                                   const Range<double>& range) {
  return read_list(option, text, range);
}

std::vector<std::int64_t> parse_counts(const std::string& option, const std::string& text,
                                       const Range<std::int64_t>& range) {
  return parse(option, text, range);
}

}  // namespace karnin::cli
