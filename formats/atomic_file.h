// Writing that loses nothing: whoever reads `path` sees the old file or the new one, whole.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

namespace karnin {

/// Writes to a temporary sibling with write(2), then fsync, rename, fsync of the directory. Follows
/// a symlink, keeps the mode of a file that is replaced. Throws OutputError naming path and errno's
/// text; the temporary is removed and the old file left as it was.
void replace_file(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);
void replace_file(const std::filesystem::path& path, std::string_view text);

/// Creates the directory (and its parents), proves that it can be written, and removes what
/// replace_file() left there in a process that was killed. Throws OutputError.
void require_writable_directory(const std::filesystem::path& directory);

/// Before long work: throws the OutputError that replace_file() would end it with, where that can
/// be foretold. Creates the directory that the file is to be in.
void require_writable_file(const std::filesystem::path& path);

/// The whole file. Throws FileError; `limit` bounds what is allocated.
std::vector<std::uint8_t> read_file(const std::filesystem::path& path, std::uint64_t limit);

}  // namespace karnin
