// What the file system says of a path. That it does not say it is an error, never a "no".
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace karnin {

/// Whether something is there. Throws FileError where that cannot be told (no permission, a loop of
/// links).
bool is_there(const std::filesystem::path& path);

/// Whether a directory is there. Throws as is_there().
bool is_directory_there(const std::filesystem::path& path);

/// Of a regular file. Throws FileError where there is none, or none any more.
std::int64_t file_bytes(const std::filesystem::path& path);

/// All that the directory holds, in the order of names. Throws FileError where it cannot be read.
std::vector<std::filesystem::path> entries_of(const std::filesystem::path& directory);

}  // namespace karnin
