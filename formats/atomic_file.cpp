#include "formats/atomic_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <optional>
#include <system_error>
#include <utility>

#include "formats/file_descriptor.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxSymlinks = 40;        // as Linux has it
constexpr int kMaxNameAttempts = 1000;  // names that an earlier crash may have left

// The name of a temporary, as it is written and as it is recognised: process and number.
constexpr std::string_view kTemporaryName = ".karnin-{}-{}.tmp";
constexpr const char* kTemporaryPattern = ".karnin-%d-%d.tmp%n";

[[noreturn]] void fail(const fs::path& path, const std::string& action, int error) {
  throw OutputError(fmt::format("cannot {} '{}': {}", action, path.string(),
                                std::generic_category().message(error)));
}

/// The file behind a chain of symlinks, which need not exist yet.
fs::path follow_symlinks(fs::path path) {
  const fs::path start = path;
  std::error_code error;
  for (int i = 0; i < kMaxSymlinks; ++i) {
    if (!fs::is_symlink(fs::symlink_status(path, error))) return path;
    const fs::path target = fs::read_symlink(path, error);
    if (error) fail(start, "follow the link", error.value());
    path = path.parent_path() / target;  // an absolute target replaces the left side
  }
  fail(start, "follow the link", ELOOP);
}

fs::path directory_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

/// A new file in `directory`, removed again unless it is renamed into place. Errors name `target`,
/// which is what the user asked for.
class TemporaryFile {
 public:
  TemporaryFile(const fs::path& directory, fs::path target) : target_(std::move(target)) {
    for (int i = 0; i < kMaxNameAttempts; ++i) {
      path_ = directory / fmt::format(kTemporaryName, getpid(), i);
      file_ = FileDescriptor(open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
      if (file_ || errno != EEXIST) break;
    }
    if (!file_) fail(target_, "write", errno);
  }
  ~TemporaryFile() {
    if (file_) unlink(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  void set_mode(mode_t mode) {
    if (fchmod(file_.get(), mode) != 0) fail(target_, "set the mode of", errno);
  }

  void write(std::span<const std::uint8_t> bytes) {
    if (const int error = file_.write_all(bytes); error != 0) fail(target_, "write", error);
    if (fsync(file_.get()) != 0) fail(target_, "flush", errno);
  }

  void rename_to(const fs::path& path) {
    if (rename(path_.c_str(), path.c_str()) != 0) fail(target_, "replace", errno);
    file_ = FileDescriptor();
  }

 private:
  fs::path target_;
  fs::path path_;
  FileDescriptor file_;
};

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

/// Removes the temporaries of processes that were killed; one that lives may still rename its own.
void remove_leftovers(const fs::path& directory) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, error)) {
    const std::string name = entry.path().filename().string();
    int pid = 0, number = 0, length = 0;
    const int fields = std::sscanf(name.c_str(), kTemporaryPattern, &pid, &number, &length);
    const bool is_ours = fields == 2 && std::cmp_equal(length, name.size()) && pid > 0;
    if (is_ours && kill(pid, 0) != 0 && errno == ESRCH) fs::remove(entry.path(), error);
  }
}

}  // namespace

void replace_file(const fs::path& path, std::span<const std::uint8_t> bytes) {
  const fs::path target = follow_symlinks(path);
  const std::optional<mode_t> mode = existing_mode(target);
  TemporaryFile temporary(directory_of(target), path);
  if (mode) temporary.set_mode(*mode);
  temporary.write(bytes);
  temporary.rename_to(target);
  flush_directory(directory_of(target));
}

void replace_file(const fs::path& path, std::string_view text) {
  replace_file(path, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

void require_writable_directory(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) fail(directory, "create the directory", error.value());
  remove_leftovers(directory);
  TemporaryFile probe(directory, directory);
}

void require_writable_file(const fs::path& path) {
  const fs::path target = follow_symlinks(path);
  require_writable_directory(directory_of(target));
  existing_mode(target);
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
