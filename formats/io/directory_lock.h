// A directory for one process: two runs that write the same files would spoil each other's.
#pragma once

#include <filesystem>

#include "formats/io/file_descriptor.h"

namespace karnin {

/// Leaves no file, and ends with the process however that ends. A file system that knows no locks
/// gives none.
class DirectoryLock {
 public:
  /// Throws OutputError where another process (or another lock of this one) has the directory, or
  /// where it is not there.
  explicit DirectoryLock(const std::filesystem::path& directory);

 private:
  FileDescriptor file_;
};

}  // namespace karnin
