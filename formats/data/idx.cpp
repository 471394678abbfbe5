#include "formats/data/idx.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <span>
#include <string_view>
#include <system_error>

#include "formats/data/gzip_reader.h"
#include "formats/io/file_status.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

constexpr std::uint8_t kUnsignedByte = 0x08;     // the element type in an IDX magic number
constexpr std::int64_t kMaxDeflateRatio = 1032;  // no deflate stream expands further

FileDescriptor open_file(const std::filesystem::path& path) {
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file)
    throw FileError(path.string(), 0, "cannot read: " + std::generic_category().message(errno));
  return file;
}

/// Fills dst or throws FileError.
void read_field(GzipReader& file, std::span<std::uint8_t> dst, std::string_view field) {
  const std::size_t got = file.read(dst);
  if (got < dst.size())
    file.fail(file.offset(), fmt::format("{}: expected {} bytes, got {}", field, dst.size(), got));
}

/// Throws FileError when more bytes follow, or where the checksum is wrong or cut off.
void expect_end(GzipReader& file) {
  const std::uint64_t end = file.offset();
  std::uint8_t byte = 0;
  if (file.read({&byte, 1}) != 0) file.fail(end, "expected the end of the file, got more bytes");
}

std::uint32_t read_big_endian(GzipReader& file, std::string_view field) {
  std::uint8_t raw[4] = {};
  read_field(file, raw, field);
  return std::uint32_t{raw[0]} << 24 | std::uint32_t{raw[1]} << 16 | std::uint32_t{raw[2]} << 8 |
         raw[3];
}

/// How many bytes the header promises, if the file can hold them at all.
std::size_t promised_bytes(const GzipReader& file, const std::vector<std::uint32_t>& dims,
                           std::int64_t packed_bytes) {
  const std::int64_t most = packed_bytes * (file.is_plain() ? 1 : kMaxDeflateRatio);
  std::int64_t bytes = 1;
  for (const std::uint32_t dim : dims) {
    if (dim == 0) file.fail(file.offset(), "dimensions: expected at least 1, got 0");
    if (bytes > most / dim)
      file.fail(
          file.offset(),
          fmt::format("dimensions: more elements than {} bytes of file can hold", packed_bytes));
    bytes *= dim;
  }
  return static_cast<std::size_t>(bytes);
}

std::vector<std::uint32_t> read_dims(GzipReader& file, std::size_t rank) {
  const auto magic = std::uint32_t{kUnsignedByte} << 8 | static_cast<std::uint32_t>(rank);
  if (const auto got = read_big_endian(file, "magic"); got != magic)
    file.fail(0, fmt::format("IDX magic: expected {:#010x}, got {:#010x}", magic, got));
  std::vector<std::uint32_t> dims;
  for (std::size_t i = 0; i < rank; ++i) dims.push_back(read_big_endian(file, "dimensions"));
  return dims;
}

}  // namespace

std::vector<std::uint32_t> read_idx_dims(const std::filesystem::path& path, std::size_t rank) {
  const FileDescriptor descriptor = open_file(path);
  GzipReader file(descriptor, path.string());
  return read_dims(file, rank);
}

IdxArray read_idx(const std::filesystem::path& path, std::size_t rank) {
  const FileDescriptor descriptor = open_file(path);
  GzipReader file(descriptor, path.string());
  IdxArray array;
  array.dims = read_dims(file, rank);
  array.header_bytes = file.offset();
  array.values.resize(promised_bytes(file, array.dims, file_bytes(path)));
  read_field(file, array.values, "values");
  expect_end(file);
  return array;
}

}  // namespace karnin
