// What a file is written to before it takes its place: a sibling that is locked while it lives.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <span>

#include "formats/io/file_descriptor.h"

namespace karnin {

/// Removed again unless it is renamed into place. Its name is random and the lock on it is the sign
/// of life: process numbers mean nothing in another container, or on another host that shares the
/// directory. What fails returns an errno value, and 0 stands for success.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::filesystem::path& directory);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  /// 0, or why there is none.
  int error() const { return error_; }
  const std::filesystem::path& path() const { return path_; }

  /// A file system without modes, where this one has the right mode as it is, need not set it.
  [[nodiscard]] int set_mode(mode_t mode) const;
  [[nodiscard]] int write(std::span<const std::uint8_t> bytes) const {
    return file_.write_all(bytes);
  }
  [[nodiscard]] int flush() const { return file_.flush(); }
  [[nodiscard]] int rename_to(const std::filesystem::path& path);
  /// EEXIST where something has that name, which stays.
  [[nodiscard]] int rename_to_new(const std::filesystem::path& path);

 private:
  std::filesystem::path path_;
  FileDescriptor file_;
  int error_ = 0;
};

/// Removes the temporaries of processes that were killed: those that nobody holds a lock on. Where
/// the file system knows no locks, none.
void remove_leftovers(const std::filesystem::path& directory);

}  // namespace karnin
