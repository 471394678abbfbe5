#include "formats/data/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <memory>
#include <span>
#include <string_view>
#include <system_error>
#include <vector>

#include "formats/data/gzip_reader.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlockBytes = std::size_t{1} << 16;

[[noreturn]] void reject(const std::string& problem) {
  throw DatasetMissingError("the archive is unsound: " + problem);
}

/// libarchive with nothing switched on but tar. Its gzip would leave checksums alone.
class TarReader {
 public:
  TarReader(const FileDescriptor& file, const std::function<void()>& poll)
      : poll_(poll),
        source_(file, "archive"),
        block_(kBlockBytes),
        archive_(archive_read_new(), &archive_read_free) {
    archive_read_support_format_tar(archive_.get());
    check(archive_read_open(archive_.get(), this, nullptr, &TarReader::give, nullptr));
  }
  TarReader(const TarReader&) = delete;
  TarReader& operator=(const TarReader&) = delete;

  /// nullptr at the end.
  archive_entry* next() {
    archive_entry* entry = nullptr;
    return check(archive_read_next_header(archive_.get(), &entry)) ? entry : nullptr;
  }

  /// Part of the current entry; empty at its end.
  std::span<const std::uint8_t> read(std::span<std::uint8_t> buffer) {
    poll_();
    const la_ssize_t got = archive_read_data(archive_.get(), buffer.data(), buffer.size());
    if (got < 0) check(static_cast<int>(got));
    return buffer.first(static_cast<std::size_t>(got));
  }

  /// Behind the last entry there is padding, and then the checksum of everything.
  void read_to_end(std::uint64_t limit) try {
    std::uint64_t bytes = 0;
    while (const std::size_t got = source_.read(block_)) {
      poll_();
      if ((bytes += got) > limit) reject("it unpacks to more than expected");
    }
  } catch (const FileError& error) {
    reject(error.what());
  }

 private:
  /// libarchive is C: an error must not be thrown through it.
  static la_ssize_t give(archive* archive, void* user, const void** bytes) noexcept {
    auto& self = *static_cast<TarReader*>(user);
    try {
      *bytes = self.block_.data();
      return static_cast<la_ssize_t>(self.source_.read(self.block_));
    } catch (const std::exception& error) {
      archive_set_error(archive, EIO, "%s", error.what());
      return ARCHIVE_FATAL;
    }
  }

  /// false at the end of the archive. A warning is an error here: nothing unusual is expected.
  bool check(int code) {
    if (code == ARCHIVE_EOF) return false;
    if (code == ARCHIVE_OK) return true;
    const char* message = archive_error_string(archive_.get());
    reject(message != nullptr ? message : "cannot be read");
  }

  const std::function<void()>& poll_;
  GzipReader source_;
  std::vector<std::uint8_t> block_;
  std::unique_ptr<archive, decltype(&archive_read_free)> archive_;
};

bool is_folder_itself(archive_entry* entry, std::string_view path, const std::string& folder) {
  return archive_entry_filetype(entry) == AE_IFDIR && (path == folder || path == folder + "/");
}

/// NAME of a regular file "folder/NAME".
std::string base_name(archive_entry* entry, std::string_view path, const std::string& folder) {
  const bool regular =
      archive_entry_filetype(entry) == AE_IFREG && archive_entry_hardlink(entry) == nullptr;
  std::string_view name = path;
  if (name.starts_with(folder + "/")) name.remove_prefix(folder.size() + 1);
  if (!regular || name.size() == path.size() || name.empty() || name == "." || name == ".." ||
      name.find('/') != std::string_view::npos)
    reject(fmt::format("expected regular files right inside '{}', got '{}'", folder, path));
  return std::string(name);
}

void write_entry(TarReader& tar, const fs::path& path, std::uint64_t& left) {
  const auto check = [&](int error) {
    if (error != 0)
      throw OutputError(fmt::format("cannot write '{}': {}", path.string(),
                                    std::generic_category().message(error)));
  };
  const FileDescriptor file(
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  check(file ? 0 : errno);
  std::vector<std::uint8_t> buffer(kBlockBytes);
  for (auto bytes = tar.read(buffer); !bytes.empty(); bytes = tar.read(buffer)) {
    if (bytes.size() > left) reject("it unpacks to more than expected");
    left -= bytes.size();
    check(file.write_all(bytes));
  }
  check(file.flush());
}

}  // namespace

void extract_folder(const FileDescriptor& archive, const std::string& folder,
                    const fs::path& directory, std::uint64_t limit,
                    const std::function<void()>& poll) {
  TarReader tar(archive, poll);
  std::uint64_t left = limit;
  std::size_t files = 0;
  while (archive_entry* entry = tar.next()) {
    const char* raw_path = archive_entry_pathname(entry);
    if (raw_path == nullptr) reject("an entry has no name");
    if (is_folder_itself(entry, raw_path, folder)) continue;
    write_entry(tar, directory / base_name(entry, raw_path, folder), left);
    ++files;
  }
  tar.read_to_end(left);
  if (files == 0) reject(fmt::format("expected files in '{}', got none", folder));
}

}  // namespace karnin
