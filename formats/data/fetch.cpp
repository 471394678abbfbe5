#include "formats/data/fetch.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "formats/data/archive.h"
#include "formats/data/download.h"
#include "formats/io/atomic_file.h"
#include "formats/io/file_descriptor.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

/// Images hardly compress (CIFAR-10: to 92 %); an archive that expands further is a bomb.
constexpr std::uint64_t kMaxExpansion = 16;

[[noreturn]] void fail(const fs::path& path, int error) {
  throw OutputError(
      fmt::format("cannot write '{}': {}", path.string(), std::generic_category().message(error)));
}

/// A new directory beside the destination, removed with all it holds.
class TemporaryDirectory {
 public:
  explicit TemporaryDirectory(const fs::path& parent) {
    std::string name = (parent / ".fetch-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) fail(parent, errno);
    path_ = name;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// A file without a name: it is gone when it is closed, even if this process is killed.
FileDescriptor nameless_file(const fs::path& directory) {
  const fs::path path = directory / "archive";
  FileDescriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file || unlink(path.c_str()) != 0) fail(path, errno);
  return file;
}

std::uint64_t extraction_limit(std::uint64_t archive_bytes) {
  return kMaxExpansion * archive_bytes + (std::uint64_t{1} << 20);
}

/// An empty directory is as good as none: rename() replaces it.
bool holds_something(const fs::path& directory) {
  std::error_code error;
  return fs::is_directory(directory, error) && !fs::is_empty(directory, error);
}

/// What cannot be replaced, a mount point or a file, is known before the download.
void make_way(const fs::path& destination) {
  if (rmdir(destination.c_str()) == 0 || errno == ENOENT) return;
  if (errno == ENOTEMPTY || errno == EEXIST) return;  // fetched by somebody else just now
  if (errno != EBUSY) fail(destination, errno);
  throw OutputError(fmt::format("cannot replace '{}': it is a mount point, expected '{}' to be one",
                                destination.string(), destination.parent_path().string()));
}

void move_into_place(const fs::path& unpacked, const fs::path& destination) {
  std::error_code error;
  fs::permissions(unpacked, fs::perms(0755), error);
  fs::rename(unpacked, destination, error);
  // Somebody else may have fetched the same data meanwhile: theirs is as good.
  if (error && !holds_something(destination)) fail(destination, error.value());
}

}  // namespace

DownloadSource cifar10_source(const std::string& mirror) {
  return {mirror.empty() ? "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz" : mirror,
          "c32a1d4ab5d03f1284b67883e8d87530", 170052171, "cifar-10-batches-bin"};
}

fs::path fetch(const DownloadSource& source, const fs::path& cache, const Progress& progress) {
  const fs::path destination = cache / source.folder;
  std::error_code error;
  if (holds_something(destination)) return destination;
  require_writable_directory(cache);
  make_way(destination);
  const TemporaryDirectory temporary(cache);
  const FileDescriptor archive = nameless_file(temporary.path());
  const std::string md5 = download(source.url, source.bytes, archive, progress);
  if (md5 != source.md5)
    throw DatasetMissingError(fmt::format("cannot use {}: expected an archive with MD5 {}, got {}",
                                          source.url, source.md5, md5));
  if (lseek(archive.get(), 0, SEEK_SET) != 0) fail(cache, errno);
  const fs::path unpacked = temporary.path() / source.folder;
  if (!fs::create_directory(unpacked, error)) fail(unpacked, error.value());
  extract_folder(archive, source.folder, unpacked, extraction_limit(source.bytes), [&] {
    if (progress) progress(source.bytes, source.bytes);
  });
  move_into_place(unpacked, destination);
  return destination;
}

}  // namespace karnin
