// An open file that closes itself.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <span>
#include <utility>

namespace karnin {

/// Whether an errno value says that a file system (FUSE, CIFS) has no such operation, rather than
/// that the operation went wrong.
constexpr bool is_not_offered(int error) {
  return error == EINVAL || error == ENOSYS || error == EOPNOTSUPP || error == EPERM;
}

class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
  ~FileDescriptor() { close(); }
  FileDescriptor(FileDescriptor&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
      close();
      descriptor_ = std::exchange(other.descriptor_, -1);
    }
    return *this;
  }

  int get() const { return descriptor_; }
  explicit operator bool() const { return descriptor_ >= 0; }

  /// Goes on after short writes and interrupts. Returns 0 or an errno value.
  [[nodiscard]] int write_all(std::span<const std::uint8_t> bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno != EINTR) return errno;
      if (written > 0) bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return 0;
  }

  /// Down to the disk, where the file system offers that. Returns 0 or an errno value.
  [[nodiscard]] int flush() const {
    return fsync(descriptor_) == 0 || is_not_offered(errno) ? 0 : errno;
  }

 private:
  /// Keeps errno: a failed open() is often moved into place before anybody looks.
  void close() const {
    const int saved = errno;
    if (descriptor_ >= 0) ::close(descriptor_);
    errno = saved;
  }

  int descriptor_ = -1;
};

}  // namespace karnin
