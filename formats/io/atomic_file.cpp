#include "formats/io/atomic_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <system_error>

#include "formats/io/file_descriptor.h"
#include "formats/io/link_target.h"
#include "formats/io/temporary_file.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const std::string& action, int error) {
  throw OutputError(fmt::format("cannot {} '{}': {}", action, path.string(),
                                std::generic_category().message(error)));
}

fs::path directory_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

/// The mode of the file that is about to be replaced, if there is one. Only regular files are
/// replaced: a rename over /dev/null would take it away from everybody.
std::optional<mode_t> existing_mode(const fs::path& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return std::nullopt;
    fail(path, "write", errno);
  }
  if (S_ISDIR(status.st_mode)) fail(path, "write", EISDIR);
  if (!S_ISREG(status.st_mode))
    throw OutputError(fmt::format("cannot write '{}': not a regular file", path.string()));
  return status.st_mode & 07777;
}

/// Makes the rename last through a power cut. The file is already whole and in place, so a
/// directory that cannot be opened or flushed is no reason to report a failure.
void flush_directory(const fs::path& directory) {
  const FileDescriptor file(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file) fsync(file.get());
}

/// What keeps a new file from taking the place of an old one; error 0: nothing.
struct Obstacle {
  const char* action = "";
  int error = 0;
  bool leaves_overwriting = false;
};

/// The old file can be written to all the same where it is mounted by itself (in a container, say),
/// or where its directory or its file system doesn't do what it takes.
Obstacle refusal(const char* action, int error) {
  return {action, error,
          is_not_offered(error) || error == EBUSY || error == EXDEV || error == EACCES ||
              error == EROFS};
}

/// What becomes of a file that has the name already.
enum class Existing { replaced, kept };

Obstacle put_sibling(const fs::path& target, std::optional<mode_t> mode,
                     std::span<const std::uint8_t> bytes, Existing existing = Existing::replaced) {
  TemporaryFile sibling(directory_of(target));
  if (sibling.error() != 0) return refusal("write", sibling.error());
  if (const int error = mode ? sibling.set_mode(*mode) : 0; error != 0)
    return refusal("set the mode of", error);
  if (const int error = sibling.write(bytes); error != 0) return {"write", error};
  if (const int error = sibling.flush(); error != 0) return {"flush", error};
  const int error =
      existing == Existing::kept ? sibling.rename_to_new(target) : sibling.rename_to(target);
  return error == 0 ? Obstacle{} : refusal("replace", error);
}

/// Whether the directory lets only the owner of a file take it away, and that is somebody else.
bool is_anothers(const fs::path& target) {
  struct stat file{}, directory{};
  if (stat(target.c_str(), &file) != 0 || stat(directory_of(target).c_str(), &directory) != 0)
    return false;
  const uid_t user = geteuid();
  return (directory.st_mode & S_ISVTX) != 0 && user != 0 && user != file.st_uid &&
         user != directory.st_uid;
}

/// The error that a rename over this file would give, as far as the file shows it; or 0.
int rename_error(const fs::path& target) {
  struct statx status{};
  if (statx(AT_FDCWD, target.c_str(), 0, STATX_TYPE, &status) != 0) return 0;
  const auto attributes = status.stx_attributes & status.stx_attributes_mask;
  if ((attributes & STATX_ATTR_MOUNT_ROOT) != 0) return EBUSY;
  if ((attributes & (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND)) != 0) return EPERM;
  return is_anothers(target) ? EPERM : 0;
}

/// Goes all the way that put_sibling() is to go, but ends beside the target.
Obstacle foresee(const fs::path& target, std::optional<mode_t> mode) {
  if (const int error = mode ? rename_error(target) : 0; error != 0)
    return refusal("replace", error);
  const TemporaryFile place(directory_of(target));
  if (place.error() != 0) return refusal("write", place.error());
  return put_sibling(place.path(), mode, {});
}

FileDescriptor open_to_overwrite(const fs::path& target, bool exists,
                                 Existing existing = Existing::replaced) {
  // Not O_CREAT for what exists: a sticky directory would refuse it.
  const int created = existing == Existing::kept ? O_CREAT | O_EXCL : O_CREAT;
  return FileDescriptor(open(target.c_str(), O_WRONLY | O_CLOEXEC | (exists ? 0 : created), 0666));
}

/// Room for so many bytes, before any is changed. A file system that can't promise it isn't asked
/// again.
int reserve(const FileDescriptor& file, std::size_t size) {
  const off_t old_size = lseek(file.get(), 0, SEEK_END);
  if (fallocate(file.get(), 0, 0, static_cast<off_t>(size)) == 0) return 0;
  const int error = errno;
  if (error != ENOSPC && error != EDQUOT && error != EFBIG) return 0;
  return ftruncate(file.get(), old_size) == 0 ? error : errno;
}

int overwrite(const FileDescriptor& file, std::span<const std::uint8_t> bytes) {
  if (const int error = reserve(file, bytes.size()); error != 0) return error;
  if (lseek(file.get(), 0, SEEK_SET) != 0) return errno;
  if (const int error = file.write_all(bytes); error != 0) return error;
  if (ftruncate(file.get(), static_cast<off_t>(bytes.size())) != 0) return errno;
  return file.flush();
}

void make_directory(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) fail(directory, "create the directory", error.value());
}

/// False, with nothing done, where a file that is to be kept has come to be there.
bool put(const fs::path& path, const fs::path& target, std::span<const std::uint8_t> bytes,
         Existing existing) {
  const std::optional<mode_t> mode = existing_mode(target);
  Obstacle obstacle = put_sibling(target, mode, bytes, existing);
  // Somebody took the sibling away: another host, say, to which its lock means nothing.
  if (obstacle.error == ENOENT) obstacle = put_sibling(target, mode, bytes, existing);
  if (obstacle.error == 0) {
    flush_directory(directory_of(target));
    return true;
  }
  if (existing == Existing::kept && obstacle.error == EEXIST) return false;
  if (!obstacle.leaves_overwriting) fail(path, obstacle.action, obstacle.error);
  const FileDescriptor file = open_to_overwrite(target, mode.has_value(), existing);
  if (existing == Existing::kept && !file && errno == EEXIST) return false;
  if (!file) fail(path, "write", errno);
  if (const int error = overwrite(file, bytes); error != 0) {
    if (!mode) unlink(target.c_str());
    fail(path, "overwrite", error);
  }
  return true;
}

}  // namespace

void replace_file(const fs::path& path, std::span<const std::uint8_t> bytes) {
  put(path, link_target(path), bytes, Existing::replaced);
}

bool create_file(const fs::path& path, std::span<const std::uint8_t> bytes) {
  const fs::path target = link_target(path);
  std::error_code error;
  const fs::file_status status = fs::status(target, error);
  if (!fs::exists(status)) return put(path, target, bytes, Existing::kept);
  return fs::is_regular_file(status) && fs::file_size(target, error) == 0 &&
         put(path, target, bytes, Existing::replaced);
}

void replace_file(const fs::path& path, std::string_view text) {
  replace_file(path, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

void require_writable_directory(const fs::path& directory) {
  make_directory(directory);
  remove_leftovers(directory);
  const TemporaryFile probe(directory);
  if (probe.error() != 0) fail(directory, "write", probe.error());
}

std::error_code require_writable_file(const fs::path& path) {
  const fs::path target = link_target(path);
  make_directory(directory_of(target));
  remove_leftovers(directory_of(target));
  const std::optional<mode_t> mode = existing_mode(target);
  const Obstacle obstacle = foresee(target, mode);
  if (obstacle.error == 0) return {};
  if (!obstacle.leaves_overwriting) fail(path, obstacle.action, obstacle.error);
  if (!open_to_overwrite(target, mode.has_value())) fail(path, "write", errno);
  if (!mode) unlink(target.c_str());
  return {obstacle.error, std::generic_category()};
}

std::vector<std::uint8_t> read_file(const fs::path& path, std::uint64_t limit) {
  const auto reject = [&](std::uint64_t offset, const std::string& problem) {
    throw FileError(path.string(), offset, problem);
  };
  const auto reject_errno = [&](std::uint64_t offset) {
    reject(offset, "cannot read: " + std::generic_category().message(errno));
  };
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status{};
  if (!file || fstat(file.get(), &status) != 0) reject_errno(0);
  if (!S_ISREG(status.st_mode)) reject(0, "cannot read: expected a regular file");
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > limit) reject(0, fmt::format("expected at most {} bytes, got {}", limit, size));
  std::vector<std::uint8_t> bytes(size);
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = read(file.get(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) reject_errno(filled);
    if (got == 0) reject(filled, fmt::format("expected {} bytes, got {}", size, filled));
    filled += static_cast<std::size_t>(got);
  }
  return bytes;
}

}  // namespace karnin
