#include "formats/idx.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <memory>
#include <span>
#include <string>

#include "runtime/core/checked.h"

namespace karnin {
namespace {

constexpr std::uint8_t kUnsignedByte = 0x08;            // the element type in an IDX magic number
constexpr std::int64_t kMaxDeflateRatio = 1032;         // no deflate stream expands further
constexpr std::size_t kMaxRead = std::size_t{1} << 30;  // gzread counts in int

/// zlib's file reader: passes plain files through, checks the CRC at the end of gzip ones.
class GzipFile {
 public:
  explicit GzipFile(const std::filesystem::path& path)
      : path_(path.string()), file_(gzopen(path.c_str(), "rb"), &gzclose) {
    if (!file_) fail(0, "cannot read");
    gzbuffer(file_.get(), 1U << 15);
  }

  /// Fills dst or throws FileError.
  void read(std::span<std::uint8_t> dst, std::string_view field) {
    std::size_t filled = 0;
    while (filled < dst.size()) {
      const std::size_t want = std::min(dst.size() - filled, kMaxRead);
      const int got = gzread(file_.get(), dst.data() + filled, static_cast<unsigned>(want));
      check(offset_ + filled);
      if (got <= 0)
        fail(offset_ + filled,
             fmt::format("{}: expected {} bytes, got {}", field, dst.size(), filled));
      filled += static_cast<std::size_t>(got);
    }
    offset_ += filled;
  }

  /// Throws FileError when more bytes follow, or where the checksum is wrong or cut off.
  void expect_end() {
    std::uint8_t byte = 0;
    const int got = gzread(file_.get(), &byte, 1);
    check(offset_);
    if (got != 0) fail(offset_, "expected the end of the file, got more bytes");
  }

  /// Whether no decompression takes place. Meaningful after the first read.
  bool is_plain() const { return gzdirect(file_.get()) == 1; }
  std::uint64_t offset() const { return offset_; }

  [[noreturn]] void fail(std::uint64_t offset, const std::string& problem) const {
    throw FileError(path_, offset, problem);
  }

 private:
  void check(std::uint64_t offset) const {
    int code = Z_OK;
    const char* message = gzerror(file_.get(), &code);
    if (code != Z_OK && code != Z_STREAM_END) fail(offset, std::string("gzip: ") + message);
  }

  std::string path_;
  std::unique_ptr<gzFile_s, decltype(&gzclose)> file_;
  std::uint64_t offset_ = 0;
};

std::uint32_t read_big_endian(GzipFile& file, std::string_view field) {
  std::uint8_t raw[4] = {};
  file.read(raw, field);
  return std::uint32_t{raw[0]} << 24 | std::uint32_t{raw[1]} << 16 | std::uint32_t{raw[2]} << 8 |
         raw[3];
}

/// How many bytes the header promises, if the file can hold them at all.
std::size_t promised_bytes(const GzipFile& file, const std::vector<std::uint32_t>& dims,
                           std::uint64_t file_bytes) {
  const auto most =
      static_cast<std::int64_t>(file_bytes) * (file.is_plain() ? 1 : kMaxDeflateRatio);
  std::int64_t bytes = 1;
  for (const std::uint32_t dim : dims) {
    if (dim == 0) file.fail(file.offset(), "dimensions: expected at least 1, got 0");
    if (bytes > most / dim)
      file.fail(
          file.offset(),
          fmt::format("dimensions: more elements than {} bytes of file can hold", file_bytes));
    bytes *= dim;
  }
  return static_cast<std::size_t>(bytes);
}

}  // namespace

IdxArray read_idx(const std::filesystem::path& path, std::size_t rank) {
  GzipFile file(path);
  const auto magic = std::uint32_t{kUnsignedByte} << 8 | static_cast<std::uint32_t>(rank);
  if (const auto got = read_big_endian(file, "magic"); got != magic)
    file.fail(0, fmt::format("IDX magic: expected {:#010x}, got {:#010x}", magic, got));
  IdxArray array;
  for (std::size_t i = 0; i < rank; ++i) array.dims.push_back(read_big_endian(file, "dimensions"));
  array.header_bytes = file.offset();
  std::error_code error;
  const std::uintmax_t file_bytes = std::filesystem::file_size(path, error);
  if (error) throw FileError(path.string(), 0, "cannot tell its size: " + error.message());
  array.values.resize(promised_bytes(file, array.dims, file_bytes));
  file.read(array.values, "values");
  file.expect_end();
  return array;
}

}  // namespace karnin
