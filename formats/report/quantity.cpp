#include "formats/report/quantity.h"

#include <fmt/core.h>

#include <cmath>

namespace karnin {

std::string count(std::int64_t n) {
  std::string digits = std::to_string(n);
  const std::size_t first = n < 0 ? 1 : 0;
  for (std::size_t i = digits.size(); i > first + 3; i -= 3) digits.insert(i - 3, 1, ',');
  return digits;
}

std::string bytes(std::int64_t n) {
  if (n < 1000) return fmt::format("{} B", n);
  const double value = static_cast<double>(n);
  if (n < 999'950) return fmt::format("{:.1f} kB", value / 1e3);
  return fmt::format("{:.1f} MB", value / 1e6);
}

std::string percent(double share) { return fmt::format("{:.2f} %", 100.0 * share); }

std::string duration(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

}  // namespace karnin
