#include "formats/exchange/onnx_external.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>

#include "formats/io/file_descriptor.h"
#include "formats/io/printable.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

namespace fs = std::filesystem;

/// What a tensor says of where its values are.
struct Place {
  std::string location;
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;
};

std::uint64_t parse_count(const std::string& key, const std::string& text) {
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size())
    throw ArgumentError(fmt::format("external data: expected a number of bytes as {}, got '{}'",
                                    key, printable_line(text)));
  return count;
}

Place place_of(const onnx::TensorProto& tensor) {
  Place place;
  for (const auto& entry : tensor.external_data()) {
    if (entry.key() == "location") place.location = entry.value();
    if (entry.key() == "offset") place.offset = parse_count(entry.key(), entry.value());
    if (entry.key() == "length") place.length = parse_count(entry.key(), entry.value());
  }
  return place;
}

/// Both without symlinks.
bool is_below(const fs::path& file, const fs::path& directory) {
  return std::ranges::mismatch(directory, file).in1 == directory.end();
}

/// The file without symlinks, once it is known to be inside.
fs::path resolved(const std::string& location, const fs::path& directory) {
  const fs::path relative(location);
  const bool leaves = std::ranges::find(relative, fs::path("..")) != relative.end();
  std::error_code error;
  const fs::path root = fs::canonical(directory.empty() ? "." : directory, error);
  const fs::path file = fs::weakly_canonical(root / relative, error);
  if (location.empty() || relative.is_absolute() || leaves || error || !is_below(file, root))
    throw ArgumentError(
        fmt::format("external data: expected a file in the folder of the model, got '{}'",
                    printable_line(location)));
  return file;
}

void read_at(const FileDescriptor& file, const fs::path& path, std::uint64_t offset,
             std::string& bytes) {
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = pread(file.get(), bytes.data() + filled, bytes.size() - filled,
                              static_cast<off_t>(offset + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      throw FileError(path.string(), offset + filled,
                      "cannot read: " + std::generic_category().message(errno));
    if (got == 0)
      throw FileError(path.string(), offset + filled, "expected more bytes, got the end");
    filled += static_cast<std::size_t>(got);
  }
}

}  // namespace

std::string read_external(const onnx::TensorProto& tensor, OnnxSource& source, std::uint64_t count,
                          std::uint64_t width) {
  if (source.directory.empty()) throw ArgumentError("external data: expected none, got some");
  const std::uint64_t bytes = count * width;
  const Place place = place_of(tensor);
  if (place.length.value_or(bytes) != bytes)
    throw ArgumentError(
        fmt::format("external data: expected {} bytes, got {}", bytes, *place.length));
  const fs::path path = resolved(place.location, source.directory);
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status{};
  if (!file || fstat(file.get(), &status) != 0)
    throw FileError(path.string(), 0, "cannot read: " + std::generic_category().message(errno));
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (!S_ISREG(status.st_mode) || place.offset > size || bytes > size - place.offset)
    throw FileError(path.string(), place.offset,
                    fmt::format("expected {} bytes of a regular file", bytes));
  source.count(path, place.offset, place.offset + bytes);
  source.spend(static_cast<std::int64_t>(count));
  std::string values(bytes, '\0');
  read_at(file, path, place.offset, values);
  return values;
}

}  // namespace karnin
