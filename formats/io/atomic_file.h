// Writing that loses nothing: whoever reads `path` sees the old file or the new one, whole.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <system_error>
#include <vector>

namespace karnin {

/// Writes to a temporary sibling with write(2), then fsync, rename, fsync of the directory. Follows
/// a symlink, keeps the mode of a file that is replaced. Throws OutputError naming path and errno's
/// text; the temporary is removed and the old file left as it was. A file that nothing can take the
/// place of is overwritten where it stands (see require_writable_file()), once there is room for
/// all of it.
void replace_file(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);
void replace_file(const std::filesystem::path& path, std::string_view text);

/// The same for a file that is not there yet, or is empty: false if anything else has the name by
/// then, which stays as it is. Where a file system offers neither RENAME_NOREPLACE nor hard links,
/// the name is looked at just before.
[[nodiscard]] bool create_file(const std::filesystem::path& path,
                               std::span<const std::uint8_t> bytes);

/// Creates the directory (and its parents), proves that it can be written, and removes what
/// replace_file() left there in a process that was killed. Throws OutputError.
void require_writable_directory(const std::filesystem::path& directory);

/// Before long work: throws the OutputError that replace_file() would end it with, where that can
/// be foretold. Creates the directory that the file is to be in. Returns what keeps a new file from
/// taking this one's place (EBUSY: it is mounted by itself), or nothing: where there is something,
/// the file can only be overwritten, and a crash in the midst of that would leave half of it.
std::error_code require_writable_file(const std::filesystem::path& path);

/// The whole file. Throws FileError; `limit` bounds what is allocated.
std::vector<std::uint8_t> read_file(const std::filesystem::path& path, std::uint64_t limit);

}  // namespace karnin
