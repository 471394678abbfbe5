#include "formats/data/class_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "formats/io/atomic_file.h"
#include "formats/io/file_status.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

constexpr std::uint64_t kMaxBytes = std::uint64_t{1} << 20;

/// Whether a line ends in a line feed, or in that of Windows.
std::string_view without_ending(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

std::optional<std::vector<std::string>> read_class_names(const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / kClassFile;
  if (!is_there(path)) return std::nullopt;
  const std::vector<std::uint8_t> bytes = read_file(path, kMaxBytes);
  std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  std::vector<std::string> names;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string name(without_ending(text.substr(at, end - at)));
    if (name.empty() || std::ranges::count(names, name) > 0)
      throw FileError(path.string(), at,
                      fmt::format("expected a new name in every line, got '{}'", name));
    if (names.size() == kMaxClasses)
      throw FileError(path.string(), at, fmt::format("expected at most {} names", kMaxClasses));
    names.push_back(name);
    at = end + 1;
  }
  if (names.empty()) throw FileError(path.string(), 0, "expected a name in every line, got none");
  return names;
}

std::vector<std::string> numbered_classes(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back(std::to_string(i));
  return names;
}

bool are_named(const std::vector<std::string>& classes) {
  return classes != numbered_classes(classes.size());
}

}  // namespace karnin
