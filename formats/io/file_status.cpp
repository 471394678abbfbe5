#include "formats/io/file_status.h"

#include <algorithm>
#include <system_error>

#include "runtime/core/error.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const std::error_code& error) {
  throw FileError(path.string(), 0, "cannot read: " + error.message());
}

fs::file_type type_of(const fs::path& path) {
  std::error_code error;
  const fs::file_type type = fs::status(path, error).type();
  if (type == fs::file_type::none || type == fs::file_type::unknown) fail(path, error);
  return type;
}

}  // namespace

bool is_there(const fs::path& path) { return type_of(path) != fs::file_type::not_found; }

bool is_directory_there(const fs::path& path) { return type_of(path) == fs::file_type::directory; }

std::int64_t file_bytes(const fs::path& path) {
  std::error_code error;
  const std::uintmax_t bytes = fs::file_size(path, error);
  if (error) fail(path, error);
  return static_cast<std::int64_t>(bytes);
}

std::vector<fs::path> entries_of(const fs::path& directory) {
  std::error_code error;
  std::vector<fs::path> entries;
  fs::directory_iterator entry(directory, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error))
    entries.push_back(entry->path());
  if (error) fail(directory, error);
  std::ranges::sort(entries);
  return entries;
}

}  // namespace karnin
