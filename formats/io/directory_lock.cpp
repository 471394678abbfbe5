#include "formats/io/directory_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>
#include <system_error>

#include "runtime/core/error.h"

namespace karnin {

DirectoryLock::DirectoryLock(const std::filesystem::path& directory)
    : file_(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (!file_)
    throw OutputError(fmt::format("cannot open the directory '{}': {}", directory.string(),
                                  std::generic_category().message(errno)));
  if (flock(file_.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    throw OutputError(
        fmt::format("'{}' belongs to another run, which is still going on: wait for its end or "
                    "give another directory",
                    directory.string()));
}

}  // namespace karnin
