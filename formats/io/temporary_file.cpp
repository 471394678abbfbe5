#include "formats/io/temporary_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <random>
#include <string>
#include <string_view>
#include <system_error>

namespace karnin {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxAttempts = 100;  // each fails when somebody sweeps at that very moment
constexpr mode_t kModeBits = 07777;

// Earlier versions wrote ".karnin-PROCESS-NUMBER.tmp" without a lock. Nobody can tell whether one
// of those is in use, so they stay.
constexpr std::string_view kPrefix = ".karnin-";
constexpr std::string_view kSuffix = ".tmp";
constexpr std::size_t kNameDigits = 16;

std::string random_name() {
  std::random_device source;
  return fmt::format("{}{:08x}{:08x}{}", kPrefix, source(), source(), kSuffix);
}

bool is_temporary(std::string_view name) {
  if (name.size() != kPrefix.size() + kNameDigits + kSuffix.size() || !name.starts_with(kPrefix) ||
      !name.ends_with(kSuffix))
    return false;
  return std::ranges::all_of(name.substr(kPrefix.size(), kNameDigits),
                             [](unsigned char c) { return std::isxdigit(c) != 0; });
}

/// False for a file that a sweep has come upon between its creation and this lock. A file system
/// that knows no locks knows no sweeps.
bool take_hold_of(const FileDescriptor& file, const fs::path& path) {
  if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) return errno != EWOULDBLOCK;
  return access(path.c_str(), F_OK) == 0;
}

/// Shared, as one that is open for reading can be locked over NFS: no less in the owner's way.
bool is_held(const FileDescriptor& file) { return flock(file.get(), LOCK_SH | LOCK_NB) != 0; }

}  // namespace

TemporaryFile::TemporaryFile(const fs::path& directory) {
  for (int i = 0; i < kMaxAttempts; ++i) {
    path_ = directory / random_name();
    file_ = FileDescriptor(open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (!file_ && errno != EEXIST) break;
    if (!file_) continue;
    if (take_hold_of(file_, path_)) return;
    unlink(path_.c_str());
    file_ = FileDescriptor();
    errno = EAGAIN;
  }
  error_ = errno;
}

TemporaryFile::~TemporaryFile() {
  if (file_) unlink(path_.c_str());
}

int TemporaryFile::set_mode(mode_t mode) const {
  if (fchmod(file_.get(), mode) == 0) return 0;
  const int error = errno;
  struct stat status{};
  const bool has_it = fstat(file_.get(), &status) == 0 && (status.st_mode & kModeBits) == mode;
  return has_it && is_not_offered(error) ? 0 : error;
}

int TemporaryFile::rename_to(const fs::path& path) {
  if (rename(path_.c_str(), path.c_str()) != 0) return errno;
  file_ = FileDescriptor();
  return 0;
}

int TemporaryFile::rename_to_new(const fs::path& path) {
  if (renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) == 0) {
    file_ = FileDescriptor();
    return 0;
  }
  if (!is_not_offered(errno)) return errno;
  if (link(path_.c_str(), path.c_str()) == 0) return 0;  // ~TemporaryFile() takes the old name away
  if (!is_not_offered(errno)) return errno;
  return access(path.c_str(), F_OK) == 0 ? EEXIST : rename_to(path);
}

void remove_leftovers(const fs::path& directory) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, error)) {
    if (!is_temporary(entry.path().filename().string())) continue;
    const FileDescriptor file(
        open(entry.path().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file && !is_held(file)) unlink(entry.path().c_str());
  }
}

}  // namespace karnin
