// The files that a long task is to leave: looked at before it begins, and written without harm to
// anybody else's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "formats/io/directory_lock.h"
#include "train/session/watcher.h"

namespace karnin {

/// Throws OutputError for one that couldn't be written. Says, in one line, which ones can only be
/// overwritten (see require_writable_file()): those don't survive a crash in the midst of it.
void require_writable(const std::vector<std::filesystem::path>& files, const Watcher& watcher);

/// Replaces what was there when it was made, and what it has written itself. Where a file of
/// somebody else has come to be since, that stays: the new one is put beside it under another name,
/// which the watcher is told. Hours of work are lost to neither of the two.
class OutputFiles {
 public:
  /// Nothing may be replaced.
  explicit OutputFiles(const Watcher& watcher) : watcher_(&watcher) {}
  /// `files` are what the run may replace, as far as they are there; with `overwrite` it may
  /// replace whatever comes, too. The lock is held as long as this lives.
  OutputFiles(const std::vector<std::filesystem::path>& files, bool overwrite,
              const Watcher& watcher, std::optional<DirectoryLock> lock = std::nullopt);

  /// Throws OutputError.
  void write(const std::filesystem::path& file, std::span<const std::uint8_t> bytes);
  void write(const std::filesystem::path& file, std::string_view text);
  /// What write() left; that it is still there does no harm.
  void remove(const std::filesystem::path& file);

  /// Where write() put, or is to put, this file.
  std::filesystem::path place_of(const std::filesystem::path& file) const;
  /// Whether every file has its own name.
  bool in_place() const;

 private:
  const Watcher* watcher_;
  bool overwrite_ = false;
  std::map<std::filesystem::path, std::filesystem::path> own_;  ///< places, by the names asked for
  std::optional<DirectoryLock> lock_;
};

}  // namespace karnin
